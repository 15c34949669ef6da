using System.Globalization;
using Constella.Api.Configuration;
using Serilog;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Constella.Api.Logging;

public static class NodeLog
{
    // LogFiles reads what this writes.
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {Message:lj}{NewLine}{Exception}";
    private const long FileBytes = 5_000_000;
    private const int Files = 7;

    /// <summary>To the console and to rolling files, bounded in size and count; framework noise and URLs stay out.</summary>
    public static void AddNodeLog(this WebApplicationBuilder builder, ConstellaOptions options, Redactor redactor)
    {
        ITextFormatter format = new RedactingFormatter(new MessageTemplateTextFormatter(Template, CultureInfo.InvariantCulture), redactor);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(options.LogLevel)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            // Its stack traces for a port in use are told in one line by the host of the node.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting", LevelAlias.Off)
            // The bot token stands in the Bot API's URLs.
            .MinimumLevel.Override("System.Net.Http", LevelAlias.Off)
            // A caller that went silent in the middle of a body over TLS has had its 408: that the rest cannot be read is no error of this node.
            .Filter.ByExcluding(static line => line.MessageTemplate.Text.Contains("automatic draining of the request body failed", StringComparison.Ordinal))
            .WriteTo.Console(format, standardErrorFromLevel: null);
        if (CanWrite(options.LogDir, out var why))
        {
            configuration.WriteTo.File(
                format,
                Path.Combine(options.LogDir, "constella-.log"),
                rollingInterval: RollingInterval.Day,
                fileSizeLimitBytes: FileBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: Files);
        }
        var logger = configuration.CreateLogger();
        if (why is not null)
            logger.Warning("no log files: {Folder}: {Reason}", options.LogDir, why);
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Logging.AddSerilog(logger, dispose: true);
    }

    private static bool CanWrite(string folder, out string? why)
    {
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            why = null;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            why = error.Message;
            return false;
        }
    }
}
