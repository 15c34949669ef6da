using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Constella.Api.Charts;

/// <summary>Makes a picture of a drawing.</summary>
internal interface IChartRasteriser
{
    /// <returns>A PNG; null where this machine cannot make one, or did not in time.</returns>
    Task<byte[]?> RenderAsync(string svg, CancellationToken cancellation);
}

/// <summary>
/// <c>rsvg-convert</c> (Debian's librsvg2-bin) with DejaVu Sans, as a process of its own, so that what it takes in memory is given
/// back: one at a time, ended after <see cref="s_limit"/>, its output cut off at <see cref="MostBytes"/>. What the node itself took
/// for drawing is given back when the owner has stopped looking at charts.
/// </summary>
internal sealed partial class ChartRasteriser(ILogger<ChartRasteriser> log) : IChartRasteriser, IDisposable
{
    private const int MostBytes = 1024 * 1024;
    private const string Font = "DejaVuSans.ttf";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(4);
    private static readonly string[] s_fontFolders = ["/usr/share/fonts", "/usr/local/share/fonts"];

    private readonly SemaphoreSlim _one = new(1);
    private readonly Timer _calm = new(static _ => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
    private bool _told;

    /// <summary>How long after the last picture memory is given back: within a quiet minute, and not between two presses.</summary>
    internal TimeSpan Calm { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What is started; another one in tests.</summary>
    internal string Program { get; init; } = "rsvg-convert";

    internal IReadOnlyList<string> FontFolders { get; init; } = s_fontFolders;

    public async Task<byte[]?> RenderAsync(string svg, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(svg);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_limit);
        try
        {
            await _one.WaitAsync(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        try
        {
            return HasFont() ? await RunAsync(svg, limited.Token) : Without($"the font {Font} (Debian: fonts-dejavu-core)");
        }
        catch (Win32Exception)
        {
            return Without($"{Program} (Debian: librsvg2-bin)");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            LogLate(Program, s_limit.TotalSeconds);
            return null;
        }
        catch (IOException)
        {
            // It ended before it had read all of the drawing, or made more of it than a picture.
            LogFailed(Program);
            return null;
        }
        finally
        {
            _one.Release();
            _calm.Change(Calm, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _calm.Dispose();
        _one.Dispose();
    }

    private async Task<byte[]?> RunAsync(string svg, CancellationToken cancellation)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(Program, ["--format", "png"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            },
        };
        process.Start();
        try
        {
            // It may talk on its error stream, and would wait for a reader.
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            var writing = WriteAsync(process, svg, cancellation);
            var png = await ReadAsync(process.StandardOutput.BaseStream, cancellation);
            await writing;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode == 0 && png.Length > 0)
                return png;
            LogFailed(Program);
            return null;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task WriteAsync(Process process, string svg, CancellationToken cancellation)
    {
        await using var input = process.StandardInput.BaseStream;
        await input.WriteAsync(Encoding.UTF8.GetBytes(svg), cancellation);
    }

    private static async Task<byte[]> ReadAsync(Stream output, CancellationToken cancellation)
    {
        using var png = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await output.ReadAsync(buffer, cancellation)) > 0)
        {
            if (png.Length + read > MostBytes)
                throw new IOException("too much for a picture");
            png.Write(buffer, 0, read);
        }
        return png.ToArray();
    }

    /// <summary>Without it the letters are boxes, or nothing at all.</summary>
    private bool HasFont() => FontFolders.Any(folder =>
    {
        try
        {
            return Directory.Exists(folder) && Directory.EnumerateFiles(folder, Font, SearchOption.AllDirectories).Any();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private byte[]? Without(string what)
    {
        if (!_told)
            LogWithout(what);
        _told = true;
        return null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No charts from this node: {What} is missing. The bot sends numbers instead.")]
    private partial void LogWithout(string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Program} did not end within {Seconds} s and was ended.")]
    private partial void LogLate(string program, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Program} made no picture.")]
    private partial void LogFailed(string program);
}
