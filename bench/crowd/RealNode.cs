using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Constella.Api.State;

namespace Constella.Bench;

/// <summary>What a process has used since it began, and what it holds now.</summary>
/// <param name="Bytes">Through the only interface of this network namespace.</param>
/// <param name="Allocated">Null where the program does not tell it.</param>
internal sealed record Usage(double Seconds, double Cpu, long Bytes, long Packets, long Switches, double? Allocated);

/// <summary>Resident, proportional and private memory in MB, and threads.</summary>
internal sealed record Held(double Rss, double Pss, double Private, int Threads)
{
    public Held Max(Held other) => new(Math.Max(Rss, other.Rss), Math.Max(Pss, other.Pss), Math.Max(Private, other.Private), Math.Max(Threads, other.Threads));
}

/// <summary>The release build in a process of its own.</summary>
internal sealed class RealNode : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("constella-bench-");
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{Network.RealAt}") };
    private readonly Process _process;

    public RealNode(string program, Network network, string botApi)
    {
        var state = _folder.CreateSubdirectory("state").FullName;
        File.SetUnixFileMode(state, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = Path.Combine(state, StateStore.FileName);
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(network.State, StateFile.Json.NetworkState));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var start = new ProcessStartInfo(program, "run") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CONSTELLA_STATE_DIR"] = state;
        start.Environment["CONSTELLA_LOG_DIR"] = Path.Combine(_folder.FullName, "logs");
        start.Environment["CONSTELLA_LISTEN"] = Network.RealAt.ToString();
        start.Environment["CONSTELLA_BOT_API_URL"] = botApi;
        // As install.sh and the image have it.
        start.Environment.TryAdd("DOTNET_GCgen0size", "0x100000");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it said last.</summary>
    public string LastWords { get; private set; } = "";

    public bool Runs => !_process.HasExited;

    public int Id => _process.Id;

    public async Task<Usage> UsageAsync()
    {
        var allocated = await AllocatedAsync();
        // The name before the figures may hold blanks and parentheses.
        var stat = Proc("stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var wire = File.ReadLines("/proc/net/dev").First(line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal))
            .Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new Usage(
            Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, (Number(fields[11]) + Number(fields[12])) / 100.0,
            Number(wire[0]), Number(wire[1]), Switches(), allocated);
    }

    public Held Held()
    {
        var memory = Proc("smaps_rollup").Split('\n').Select(line => line.Split(':')).Where(parts => parts.Length == 2 && parts[1].EndsWith("kB", StringComparison.Ordinal))
            .ToDictionary(parts => parts[0], parts => Number(parts[1][..^2].Trim()) / 1024.0);
        return new Held(memory["Rss"], memory["Pss"], memory["Private_Clean"] + memory["Private_Dirty"], Directory.GetDirectories($"/proc/{Id}/task").Length);
    }

    public void Dispose()
    {
        if (Runs)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Keep(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
            LastWords = line;
    }

    private string Proc(string file) => File.ReadAllText($"/proc/{Id}/{file}");

    private long Switches() => Directory.GetDirectories($"/proc/{Id}/task").Sum(static task =>
    {
        try
        {
            return File.ReadLines(Path.Combine(task, "status")).Where(line => line.StartsWith("voluntary_ctxt", StringComparison.Ordinal)).Sum(line => Number(line.Split(':')[1].Trim()));
        }
        catch (IOException)
        {
            return 0;
        }
    });

    private async Task<double?> AllocatedAsync()
    {
        const string Name = "dotnet_gc_heap_total_allocated_bytes_total ";
        var lines = (await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n');
        return lines.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) is { } line
            ? double.Parse(line[Name.Length..], CultureInfo.InvariantCulture)
            : null;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
