using System.Text.Json;
using System.Text.Json.Serialization;
using Constella.Api.State;
using Constella.Core.Traffic;

namespace Constella.Api.Traffic;

/// <summary>Of <c>traffic.json</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TrafficLedger))]
internal sealed partial class TrafficJson : JsonSerializerContext;

/// <summary><c>traffic.json</c> beside the state.</summary>
/// <remarks>Failures of the disk are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</remarks>
internal sealed class TrafficFile(string folder, IStateDisk disk)
{
    public const string Name = "traffic.json";

    private readonly string _path = Path.Combine(folder, Name);

    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidDataException">It cannot be used.</exception>
    public TrafficLedger? Read()
    {
        if (!disk.Exists(_path))
            return null;
        try
        {
            var ledger = JsonSerializer.Deserialize(disk.Read(_path), TrafficJson.Default.TrafficLedger);
            return ledger is { Format: 1, Last.Uplinks.IsDefault: false } && IsSound(ledger)
                ? ledger
                : throw new InvalidDataException("it is of another version, or does not make sense");
        }
        catch (JsonException)
        {
            throw new InvalidDataException("it is garbled");
        }
    }

    public void Write(TrafficLedger ledger) => disk.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(ledger, TrafficJson.Default.TrafficLedger));

    /// <summary>Keeps a file that cannot be used under another name.</summary>
    /// <returns>That name.</returns>
    public string SetAside()
    {
        disk.Rename(_path, _path + ".bad");
        return _path + ".bad";
    }

    private static bool IsSound(TrafficLedger ledger)
    {
        var last = DateOnly.MinValue;
        foreach (var day in ledger.Days)
        {
            if (day.Day <= last || day.Received < 0 || day.Sent < 0)
                return false;
            last = day.Day;
        }
        return ledger.Last.Uplinks.All(static uplink => uplink is { Name: not null, Received: >= 0, Sent: >= 0 });
    }
}
