using System.Diagnostics;

namespace Constella.Bench;

/// <summary>Time and memory of signing and checking one message.</summary>
internal static class Signing
{
    private const int Rounds = 1_000;
    private const double MostMicroseconds = 10;
    private const double MostBytes = 2_000;

    public static bool Print()
    {
        var messages = new SignedMessages();
        (string Name, Action<int> Call)[] steps =
        [
            ("sign a request", _ => messages.Sign()), ("verify a request", messages.Verify),
            ("sign an answer", messages.SignAnswer), ("verify an answer", messages.VerifyAnswer),
        ];
        var times = new List<double>[steps.Length];
        // In turn, so that what else this machine does hits all alike.
        for (var round = 0; round < Rounds; round++)
        {
            messages.Prepare();
            for (var i = 0; i < steps.Length; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                for (var call = 0; call < SignedMessages.Calls; call++)
                    steps[i].Call(call);
                (times[i] ??= []).Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds / SignedMessages.Calls);
            }
        }
        double[] micros = [.. times.Select(Table.Median)];
        double[] bytes = [.. steps.Select(step => Allocated.PerCall(SignedMessages.Calls, step.Call, messages.Prepare))];
        Table.Head($"a heartbeat of {Fleet.Body().Length} bytes", "µs, median", "µs, least", "bytes allocated", "goal");
        for (var i = 0; i < steps.Length; i++)
            Table.Row(steps[i].Name, Table.Text($"{micros[i]:0.00}"), Table.Text($"{times[i].Min():0.00}"), Table.Text($"{bytes[i]:0}"), "");
        return Sum("request: sign + verify", 0) & Sum("answer: sign + verify", 2);

        bool Sum(string name, int first)
        {
            var (time, memory) = (micros[first] + micros[first + 1], bytes[first] + bytes[first + 1]);
            var good = time <= MostMicroseconds && memory <= MostBytes;
            Table.Row(name, Table.Text($"{time:0.00}"), Table.Text($"{times[first].Min() + times[first + 1].Min():0.00}"), Table.Text($"{memory:0}"), Table.Goal(good, "10 µs, 2 kB"));
            return good;
        }
    }
}
