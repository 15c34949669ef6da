using Constella.Api.Cli.Node;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.State;
using Constella.Core.Cluster;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Tests.Api;

/// <summary>Rule X2 over HTTP, on two whole nodes.</summary>
public sealed class KeysTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_rotation_ends_on_both_nodes_and_the_old_secret_gets_a_bare_401()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        var old = KeyRing.Of(_node.State);

        await _node.Client.RotateAsync(CancellationToken.None);
        await EndedAsync(_node, 2);
        await EndedAsync(echo, 2);

        var refused = await (RawRequest.Get(_node, "/peers") with { Keys = old }).SendAsync();
        Assert.Equal((401, 0, false), (refused.Status, refused.Body.Length, refused.IsSigned));
        var now = StateStore.Read(_node.Options.StateDir)!;
        Assert.NotEqual(_node.State.NetworkSecret, now.NetworkSecret);
        Assert.Equal(now.NetworkSecret, StateStore.Read(echo.Options.StateDir)!.NetworkSecret);
        var served = await (RawRequest.Get(_node, "/peers") with { Keys = KeyRing.Of(now) }).SendAsync();
        Assert.Equal((200, true), (served.Status, served.IsSigned));
        // A command that began before the rotation goes on with the secret that the file has now.
        using var cli = new LocalNode(_node.State, _node.Address, _node.Options.StateDir);
        Assert.Equal(2, (await cli.KeysAsync(CancellationToken.None)).Generation);
        await _node.UntilAsync(view => view.Members.All(member => member.Health == Health.Alive));
        var log = string.Concat(Directory.EnumerateFiles(_node.Options.LogDir).Select(Read));
        Assert.Contains("secret is changed", log, StringComparison.Ordinal);
        Assert.DoesNotContain(now.NetworkSecret, log, StringComparison.Ordinal);
        Assert.DoesNotContain(now.NodeKey!, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_evicted_node_knows_that_it_is_out_and_its_secret_opens_nothing()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        await _node.UntilAsync(view => view.Keys.Rotation is null && StateStore.Read(_node.Options.StateDir)!.Members.Ids.Length == 2);

        await _node.Client.EvictAsync(new EvictOrder { NodeId = echo.State.NodeId }, CancellationToken.None);
        await echo.UntilAsync(view => view.Removed);
        await EndedAsync(_node, 2);

        var refused = await (RawRequest.Get(_node, "/peers") with { Keys = KeyRing.Of(echo.State), From = echo.State.NodeId }).SendAsync();
        Assert.Equal((401, false), (refused.Status, refused.IsSigned));
        var kept = File.ReadAllText(echo.StatePath);
        Assert.DoesNotContain(StateStore.Read(_node.Options.StateDir)!.NetworkSecret, kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_another_member_can_be_evicted()
    {
        var self = await Assert.ThrowsAsync<PeerException>(() => _node.Client.EvictAsync(new EvictOrder { NodeId = _node.State.NodeId }, CancellationToken.None));
        var nobody = await Assert.ThrowsAsync<PeerException>(() => _node.Client.EvictAsync(new EvictOrder { NodeId = "00000000000000ff" }, CancellationToken.None));
        var garbage = await Assert.ThrowsAsync<PeerException>(() => _node.Client.EvictAsync(new EvictOrder { NodeId = "echo" }, CancellationToken.None));

        Assert.Equal((409, Errors.IsSelf), (self.Status, self.Code));
        Assert.Equal((404, ApiErrors.NotFound), (nobody.Status, nobody.Code));
        Assert.Equal((400, Errors.Invalid), (garbage.Status, garbage.Code));
    }

    private static Task EndedAsync(TestNode node, int generation) =>
        node.UntilAsync(view => view.Keys is { Rotation.Over: true, Waiting.IsEmpty: true } keys && keys.Generation == generation);

    private static string Read(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
