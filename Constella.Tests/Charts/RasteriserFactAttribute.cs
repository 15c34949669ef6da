namespace Constella.Tests.Charts;

/// <summary>A test of the real <c>rsvg-convert</c> and the real font: skipped where they are not installed, failing there in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RasteriserFactAttribute : FactAttribute
{
    public RasteriserFactAttribute()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "rsvg-convert")))
            && File.Exists("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
        if (!found && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = "needs rsvg-convert: apt-get install librsvg2-bin fonts-dejavu-core";
    }
}
