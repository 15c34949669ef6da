using System.Globalization;
using System.Text;

namespace Constella.Core.Signing;

/// <summary>The text that is signed: RFC 9421 §2.5.</summary>
internal sealed class SignatureBase
{
    private readonly StringBuilder _lines = new();
    private readonly List<string> _components = [];

    /// <param name="parameters">Of the component, in serialised form, such as <c>;req</c>.</param>
    public void Add(string name, string value, string parameters = "")
    {
        var identifier = $"\"{name.ToLowerInvariant()}\"{parameters}";
        _components.Add(identifier);
        _lines.Append(identifier).Append(": ").Append(value).Append('\n');
    }

    /// <returns>The text, and the value of <c>@signature-params</c>, which is also the label's value in <c>Signature-Input</c>.</returns>
    public (byte[] Text, string Input) Finish(string parameters)
    {
        var input = $"({string.Join(' ', _components)}){parameters}";
        _lines.Append("\"@signature-params\": ").Append(input);
        return (Encoding.UTF8.GetBytes(_lines.ToString()), input);
    }

    public static string Parameters(long created, long expires, string nonce, string keyId) => string.Create(
        CultureInfo.InvariantCulture,
        $";created={created};expires={expires};nonce=\"{nonce}\";keyid=\"{keyId}\";alg=\"{SignatureHeaders.Algorithm}\"");

    public static string Parameters(long created, string keyId) => string.Create(
        CultureInfo.InvariantCulture, $";created={created};keyid=\"{keyId}\";alg=\"{SignatureHeaders.Algorithm}\"");
}
