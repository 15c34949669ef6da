using System.Runtime.Versioning;
using ClusterTrials;

[assembly: SupportedOSPlatform("linux")]

var report = new Report();
try
{
    await Scenarios.RunAsync(args, report);
}
catch (TrialException e)
{
    report.Check(false, string.Join(' ', args), e.Message.ReplaceLineEndings("\n# "));
}
return report.Failed ? 1 : 0;
