namespace Constella.Tests.Charts;

/// <summary>A test of the real <c>rsvg-convert</c>: skipped where it is not installed, failing there in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RasteriserFactAttribute : FactAttribute
{
    public RasteriserFactAttribute()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "rsvg-convert")));
        if (!found && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = "needs rsvg-convert: apt-get install librsvg2-bin fonts-dejavu-core";
    }
}
