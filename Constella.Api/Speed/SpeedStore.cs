using System.Globalization;
using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Api.State;
using Constella.Core.Speed;

namespace Constella.Api.Speed;

/// <summary>The book of speed tests on disk: <c>speed.json</c> beside the state (rules B1 and B4).</summary>
internal sealed class SpeedStore
{
    public const string FileName = "speed.json";

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly IStateDisk _disk;
    private readonly TimeProvider _time;
    private SpeedBook _book;

    public SpeedStore(string folder, IStateDisk disk, TimeProvider time, ILogger log)
    {
        (_path, _disk, _time) = (Path.Combine(folder, FileName), disk, time);
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
            return _disk.Exists(_path) && JsonSerializer.Deserialize(_disk.Read(_path), ApiJson.Default.SpeedBook) is { } book ? book : new SpeedBook();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            log.LogWarning("{File} cannot be read: the bytes of this month's speed tests are counted anew", FileName);
            return new SpeedBook();
        }
    }

    private void Save(SpeedBook book)
    {
        try
        {
            _disk.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(book, ApiJson.Default.SpeedBook));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(error.Message, error);
        }
    }
}
