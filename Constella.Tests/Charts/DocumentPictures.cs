using System.Diagnostics;
using Constella.Api.Telegram.Screens;
using Constella.Tests.Tidy;

namespace Constella.Tests.Charts;

/// <summary>The pictures in the documents are drawn by the program: <c>CONSTELLA_WRITE_CHARTS=1</c> writes them anew.</summary>
public sealed class DocumentPictures
{
    private const int Width = 540;

    private static readonly (string Name, ChartChoice Choice, Texts Texts)[] s_pictures =
    [
        ("chart-cpu", ChartChoice.First, Texts.English),
        ("chart-network", new ChartChoice(ChartMetric.Network, ChartPeriod.Week, Dark: true), Texts.Russian),
        ("chart-month", new ChartChoice(ChartMetric.Cpu, ChartPeriod.Month, Dark: true), Texts.English),
    ];

    [Fact]
    public void The_pictures_of_the_documents_are_small_and_there()
    {
        foreach (var (name, _, _) in s_pictures)
            Assert.InRange(new FileInfo(PathOf(name)).Length, 1_000, 60 * 1024);
    }

    [RasteriserFact]
    public async Task They_are_written_anew_on_request()
    {
        if (Environment.GetEnvironmentVariable("CONSTELLA_WRITE_CHARTS") is not { Length: > 0 } folder)
            return;
        foreach (var (name, choice, texts) in s_pictures)
            await WriteAsync(Drawings.Draw(choice, texts), Width, PathOf(name));
        // With a folder's name instead of 1: every chart there is, in the size that Telegram gets.
        if (!Directory.Exists(folder))
            return;
        foreach (var choice in Drawings.All())
        {
            foreach (var texts in new[] { Texts.English, Texts.Russian })
                await WriteAsync(Drawings.Draw(choice, texts), 1080, Path.Combine(folder, $"{choice}-{texts.Language}.png"));
        }
    }

    private static string PathOf(string name) => Path.Combine(Repository.Root, "docs", "images", name + ".png");

    private static async Task WriteAsync(string svg, int width, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var process = Process.Start(new ProcessStartInfo("rsvg-convert", ["--format", "png", "--width", $"{width}", "--keep-aspect-ratio", "--output", path])
        {
            RedirectStandardInput = true,
        })!;
        await process.StandardInput.WriteAsync(svg);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
