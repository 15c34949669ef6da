using Constella.Bench;
using Constella.Tests.Simulation;

if (Arguments.Parse(args) is not { } given)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}
if (given.Trace)
{
    Console.Write(Simulator.Replay(given.From, given.Options with { TraceLines = int.MaxValue }));
    return 0;
}
return given.Ledger is { } path ? Ledger.Continue(path, given) : Report.Print(given);
