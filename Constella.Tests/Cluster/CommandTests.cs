using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rules C1 and L7 for commands.</summary>
public sealed class CommandTests
{
    private static CommandRequest Request(Term term, string id = "0123456789abcdef0123456789abcdef") =>
        new() { Id = id, Target = LoneNode.Id(2), Term = term };

    [Fact]
    public void C1_A_command_is_persisted_before_it_is_answered_and_done()
    {
        var node = new LoneNode(3, 2);
        var answer = Assert.IsType<Answer.Command>(node.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm), "reboot", t)));
        Assert.Null(answer.Error);
        Assert.False(answer.Taken!.Repeated);
        Assert.Equal("boot", answer.Taken.Boot);
        var persist = node.Effects.FindIndex(e => e is Effect.Persist p && p.State.Commands.Any(c => c.Id == Request(default).Id));
        Assert.InRange(persist, 0, node.Effects.FindIndex(e => e is Effect.Reply) - 1);
        Assert.InRange(persist, 0, node.Effects.FindIndex(e => e is Effect.Execute) - 1);
    }

    [Fact]
    public void C1_The_same_id_again_answers_the_same_and_does_nothing_even_after_a_restart()
    {
        var node = new LoneNode(3, 2);
        node.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm), "reboot", t));
        foreach (var again in new[] { node, node.Restart() })
        {
            again.Forget();
            var answer = Assert.IsType<Answer.Command>(again.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm), "reboot", t)));
            Assert.Null(answer.Error);
            Assert.True(answer.Taken!.Repeated);
            Assert.DoesNotContain(again.Effects, e => e is Effect.Execute);
        }
    }

    [Fact]
    public void L7_A_target_refuses_a_lower_term()
    {
        var node = new LoneNode(3, 2);
        var answer = Assert.IsType<Answer.Command>(node.Ask(t => new Input.CommandRequested(Request(new Term(4, LoneNode.Id(1))), "reboot", t)));
        Assert.Equal(Errors.StaleTerm, answer.Error);
        Assert.DoesNotContain(node.Effects, e => e is Effect.Execute);
    }

    [Fact]
    public void C1_Another_id_is_another_command()
    {
        var node = new LoneNode(3, 2);
        node.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm), "reboot", t));
        node.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm, "ffffffffffffffffffffffffffffffff"), "reboot", t));
        Assert.Equal(2, node.Effects.OfType<Effect.Execute>().Count());
    }
}
