using System.Diagnostics;

namespace Constella.Api.Monitoring;

/// <summary>This very process, as its kernel sees it.</summary>
/// <param name="Started">In Unix seconds.</param>
/// <param name="OpenFiles">Null where it cannot be read.</param>
internal sealed record ProcessFigures(double CpuSeconds, long ResidentBytes, long VirtualBytes, double Started, int Threads, int? OpenFiles)
{
    public static ProcessFigures Read()
    {
        using var process = Process.GetCurrentProcess();
        return new ProcessFigures(
            process.TotalProcessorTime.TotalSeconds,
            process.WorkingSet64,
            process.VirtualMemorySize64,
            (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds,
            process.Threads.Count,
            CountFiles());
    }

    private static int? CountFiles()
    {
        try
        {
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
