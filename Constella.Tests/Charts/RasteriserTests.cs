using System.Buffers.Binary;
using Constella.Api.Charts;
using Constella.Api.Telegram;
using Constella.Api.Telegram.Screens;
using Constella.Tests.Telegram;
using Microsoft.Extensions.Logging;

namespace Constella.Tests.Charts;

/// <summary>The real tool; where it is missing, only what a node does without it.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RasteriserTests : IDisposable
{
    private readonly ListLogger _log = new();

    /// <summary>With a file of the font's name, whether or not the font is installed.</summary>
    private readonly DirectoryInfo _fonts = Directory.CreateTempSubdirectory("constella-fonts-");

    public RasteriserTests() => File.WriteAllText(Path.Combine(_fonts.FullName, "DejaVuSans.ttf"), "");

    public void Dispose() => _fonts.Delete(recursive: true);

    [RasteriserFact]
    public async Task A_chart_becomes_a_png_of_a_phone_s_width()
    {
        using var rasteriser = new ChartRasteriser(Log());
        foreach (var choice in new[] { ChartChoice.First, new ChartChoice(ChartMetric.Network, ChartPeriod.Month, true) })
        {
            var png = await rasteriser.RenderAsync(Drawings.Draw(choice, Texts.Russian), CancellationToken.None);
            Assert.NotNull(png);
            Assert.Equal((1080, 720), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
            Assert.InRange(png.Length, 20_000, 160_000);
        }
    }

    [RasteriserFact]
    public async Task Letters_of_both_languages_are_no_boxes()
    {
        using var rasteriser = new ChartRasteriser(Log());
        var box = await LetterAsync(rasteriser, '\uE123');
        var seen = new HashSet<string>();
        foreach (var letter in "абвгдежзийклмнопрстуфхцчшщъыьэюя")
        {
            var picture = await LetterAsync(rasteriser, letter);
            Assert.NotEqual(box, picture);
            Assert.True(seen.Add(picture), $"{letter} looks like another one");
        }
    }

    [Fact]
    public async Task Without_the_tool_there_is_no_picture_and_the_log_says_once_what_to_install()
    {
        using var rasteriser = new ChartRasteriser(Log()) { Program = "no-such-rasteriser" };
        Assert.Null(await rasteriser.RenderAsync("<svg/>", CancellationToken.None));
        Assert.Null(await rasteriser.RenderAsync("<svg/>", CancellationToken.None));
        Assert.Single(_log.Lines, line => line.Contains("librsvg2-bin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_font_there_is_no_picture_of_boxes()
    {
        using var rasteriser = new ChartRasteriser(Log()) { FontFolders = ["/nowhere", AppContext.BaseDirectory] };
        Assert.Null(await rasteriser.RenderAsync("<svg/>", CancellationToken.None));
        Assert.Single(_log.Lines, line => line.Contains("fonts-dejavu-core", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sleep 60", "did not end within")]
    [InlineData("exit 1", "made no picture")]
    [InlineData("exec <&-; exit 0", "made no picture")]
    [InlineData("cat /dev/zero", "made no picture")]
    public async Task A_tool_that_hangs_fails_or_floods_is_ended(string script, string told)
    {
        var program = Path.GetTempFileName();
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            using var rasteriser = new ChartRasteriser(Log()) { Program = program, FontFolders = [_fonts.FullName] };
            Assert.Null(await rasteriser.RenderAsync(new string('x', 1_000_000), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.Contains(_log.Lines, line => line.Contains(told, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(program);
        }
    }

    [Fact]
    public void The_banner_is_a_picture_that_Telegram_takes()
    {
        var png = Banner.Picture.Png;
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        Assert.InRange(width, 600, 20 * height);
        Assert.InRange(png.Length, 1_000, 30_000);
    }

    private static async Task<string> LetterAsync(ChartRasteriser rasteriser, char letter)
    {
        var svg = $"""<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60" font-family="DejaVu Sans"><text x="8" y="46" font-size="44">{letter}</text></svg>""";
        return Convert.ToHexString((await rasteriser.RenderAsync(svg, CancellationToken.None))!);
    }

    private Typed Log() => new(_log);

    private sealed class Typed(ILogger log) : ILogger<ChartRasteriser>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Log(logLevel, eventId, state, exception, formatter);
    }
}
