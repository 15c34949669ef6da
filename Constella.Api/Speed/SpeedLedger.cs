using System.Globalization;
using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Core.Speed;

namespace Constella.Api.Speed;

/// <summary>The book of speed tests on disk: <c>speed.json</c> beside the state (rules B1 and B4).</summary>
internal sealed class SpeedLedger
{
    public const string FileName = "speed.json";

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private SpeedBook _book;

    public SpeedLedger(string folder, TimeProvider time, ILogger log)
    {
        (_path, _time) = (Path.Combine(folder, FileName), time);
        _book = Load(log).Interrupted("the node was stopped in the middle");
    }

    public SpeedBook Book
    {
        get
        {
            lock (_lock)
                return _book;
        }
    }

    public string Month => _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>Changes it, on disk first.</summary>
    /// <exception cref="IOException">Nothing was changed.</exception>
    public void Change(Func<SpeedBook, SpeedBook> change)
    {
        lock (_lock)
        {
            var changed = change(_book);
            Save(changed);
            _book = changed;
        }
    }

    private SpeedBook Load(ILogger log)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_path), ApiJson.Default.SpeedBook) ?? new SpeedBook();
        }
        catch (FileNotFoundException)
        {
            return new SpeedBook();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            log.LogWarning("{File} cannot be read: the bytes of this month's speed tests are counted anew", FileName);
            return new SpeedBook();
        }
    }

    private void Save(SpeedBook book)
    {
        var fresh = _path + ".tmp";
        try
        {
            using (var file = File.Create(fresh))
            {
                JsonSerializer.Serialize(file, book, ApiJson.Default.SpeedBook);
                file.Flush(flushToDisk: true);
            }
            File.Move(fresh, _path, overwrite: true);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(error.Message, error);
        }
    }
}
