using System.ComponentModel;
using System.Diagnostics;

namespace Constella.Api.Cli.Doctor;

/// <summary>Whether anybody starts the node after a reboot of the machine, and again where it ends.</summary>
internal static class ServiceCheck
{
    private const string Unit = "constella.service";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    public static async Task<Finding> LookAsync(CancellationToken cancellation)
    {
        if (File.Exists("/.dockerenv") || File.Exists("/run/.containerenv"))
            return Finding.Note("service", "a container: its restart policy starts it again (on the machine: docker inspect)");
        if (!Directory.Exists("/run/systemd/system"))
            return Finding.Note("service", "no systemd here: nobody starts the node after a reboot", "have your init system start it, or: @reboot in a crontab");
        return Judge(await AskAsync(cancellation));
    }

    /// <param name="properties">Lines of <c>systemctl show</c>; null: it did not answer.</param>
    internal static Finding Judge(string? properties)
    {
        if (properties is null)
            return Finding.Note("service", "systemctl does not answer");
        var values = properties.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.Ordinal);
        if (values.GetValueOrDefault("LoadState") != "loaded")
            return Finding.Note("service", $"{Unit} is not there: nobody starts the node after a reboot", "./install.sh init makes the unit and keeps the state");
        if (values.GetValueOrDefault("UnitFileState") != "enabled")
            return Finding.Wrong("service", $"{Unit} is not started at boot", $"systemctl enable {Unit}");
        return values.GetValueOrDefault("Restart") is null or "no"
            ? Finding.Wrong("service", $"{Unit} is not started again where it ends", $"systemctl edit {Unit}: [Service] Restart=always")
            : Finding.Ok("service", $"{Unit}: starts at boot, and again where it ends; now {values.GetValueOrDefault("ActiveState")}");
    }

    private static async Task<string?> AskAsync(CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_limit);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("systemctl", ["show", Unit, "--property=LoadState,UnitFileState,ActiveState,Restart"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            process.Start();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            var told = await process.StandardOutput.ReadToEndAsync(limited.Token);
            await process.WaitForExitAsync(limited.Token);
            return process.ExitCode == 0 ? told : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill();
            return null;
        }
    }
}
