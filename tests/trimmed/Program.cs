using System.Reflection;
using TrimmedTests;
using Xunit.Sdk;

// xunit's own runner lives in a process of the shared runtime: what it would run is not what was trimmed.
var without = args is ["--without", .. var names] ? names : [];
using var framework = new XunitTestFramework(new NullMessageSink());
var assembly = Assembly.Load("Constella.Tests");
// What xunit cannot load it says to nobody, and never ends.
AppDomain.CurrentDomain.FirstChanceException += Told;
using var found = new Sink();
using var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
discoverer.Find(includeSourceInformation: false, found, new Options());
if (!found.Ended.Wait(TimeSpan.FromMinutes(1)))
    return 1;
AppDomain.CurrentDomain.FirstChanceException -= Told;
var cases = found.Cases.Where(test => !without.Any(name => test.DisplayName.StartsWith(name, StringComparison.Ordinal))).ToList();
using var sink = new Sink();
using var executor = framework.GetExecutor(assembly.GetName());
executor.RunTests(cases, sink, new Options());
sink.Ended.Wait();
Console.WriteLine($"{sink.Passed} passed, {sink.Failed} failed, {sink.Skipped} skipped");
return sink.Failed == 0 && sink.Passed > 0 ? 0 : 1;

static void Told(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs thrown) => Console.WriteLine($"# {thrown.Exception.Message}");
