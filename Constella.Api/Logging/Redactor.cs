using System.Text.RegularExpressions;
using Constella.Core.Members;
using Serilog.Events;
using Serilog.Formatting;

namespace Constella.Api.Logging;

/// <summary>
/// The second belt: no line is meant to hold a secret, and one that does loses it here, whatever part of the event it is in.
/// </summary>
public sealed partial class Redactor
{
    private const int ShortestSecret = 8;
    private const string Mask = "[secret]";

    private readonly Lock _lock = new();
    private volatile string[] _secrets = [];

    /// <summary>From now on this value is not written; a very short one would garble the log and is not taken.</summary>
    public void Hide(string? secret)
    {
        if (secret is not { Length: >= ShortestSecret })
            return;
        lock (_lock)
        {
            if (!_secrets.Contains(secret))
                _secrets = [.. _secrets, secret];
        }
    }

    /// <summary>All that a state holds now; it may hold another network secret later (rule X2).</summary>
    public void HideSecretsOf(NetworkState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Hide(state.NetworkSecret);
        Hide(state.OtherSecret?.Secret);
        Hide(state.NodeKey);
        Hide(state.Settings.BotToken);
    }

    public string Clean(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        // What has the shape of a secret is one, also where nobody registered it: a bot token in a URL, a link's token.
        return Shapes().Replace(text, "$1" + Mask);
    }

    [GeneratedRegex(@"(/bot|token=)[A-Za-z0-9:_-]{8,}", RegexOptions.CultureInvariant)]
    private static partial Regex Shapes();
}

/// <summary>Formats an event as another formatter does, and cleans the text.</summary>
internal sealed class RedactingFormatter(ITextFormatter inner, Redactor redactor) : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var text = new StringWriter();
        inner.Format(logEvent, text);
        output.Write(redactor.Clean(text.ToString()));
    }
}
