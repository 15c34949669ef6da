using System.Runtime.Versioning;
using Constella.Api.History;

namespace Constella.Tests.History;

/// <summary>Whatever the disk does, the node goes on, says so once, and writes again when it can.</summary>
[SupportedOSPlatform("linux")]
public sealed class HistoryDiskTests : IDisposable
{
    private static readonly long s_start = StoreFixture.Start;

    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(0, "no database at all, but text")]
    [InlineData(4_096 + 100, "a page of it overwritten")]
    public void A_damaged_database_is_set_aside_and_history_begins_anew(int at, string garbage)
    {
        _fixture.RecordFor(s_start, TimeSpan.FromHours(2), _ => 10);
        _fixture.Store.Flush();
        _fixture.Store.Dispose();
        using (var file = File.OpenWrite(_fixture.Database))
        {
            file.Position = at;
            file.Write(System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(garbage, 300))));
        }

        _fixture.Restart(orderly: false);
        _fixture.RecordFor(s_start + 7_200, TimeSpan.FromMinutes(2), _ => 20);
        _fixture.Restart();

        Assert.True(File.Exists(_fixture.Database + ".bad"));
        Assert.Equal(2, _fixture.Ask(s_start, s_start + 7_320, 60).Points.Length);
        Assert.Single(_fixture.Log.Lines, line => line.StartsWith("Error: history: ", StringComparison.Ordinal) && line.Contains(".bad", StringComparison.Ordinal));
    }

    [Fact]
    public void A_database_that_is_damaged_while_it_is_open_is_set_aside_too()
    {
        // More than SQLite holds in memory.
        string[] others = ["bbbbbbbbbbbbbbbb", "cccccccccccccccc", "dddddddddddddddd", "eeeeeeeeeeeeeeee"];
        byte[] month = [.. Enumerable.Repeat(StoreFixture.Sample(10, 10), 30 * 288).SelectMany(sample => sample)];
        foreach (var other in others)
            _fixture.Store.Keep(other, "UTC", s_start, month);
        _fixture.Restart();
        var size = new FileInfo(_fixture.Database).Length;
        Assert.True(size > 4 * 200_000);
        using (var file = File.OpenWrite(_fixture.Database))
        {
            file.Position = 4_096;
            file.Write(new byte[size - 4_096]);
        }

        foreach (var other in others)
            _ = _fixture.Ask(s_start, s_start + (30 * 86_400), 300, other);
        _fixture.RecordFor(s_start + 28_800, TimeSpan.FromMinutes(2), _ => 20);
        _fixture.Restart();

        Assert.True(File.Exists(_fixture.Database + ".bad"));
        Assert.Equal(2, _fixture.Ask(s_start + 28_800, s_start + 28_920, 60).Points.Length);
    }

    [Fact]
    public void A_database_of_a_newer_program_is_set_aside_and_not_changed()
    {
        _fixture.Store.Dispose();
        using (var newer = SqliteConnection.Open(_fixture.Database))
            newer.Execute("PRAGMA user_version = 99");

        _fixture.Restart(orderly: false);
        _fixture.Store.Flush();

        Assert.Contains(_fixture.Log.Lines, line => line.Contains("format 99", StringComparison.Ordinal));
        using var kept = SqliteConnection.Open(_fixture.Database + ".bad");
        Assert.Equal(99, kept.Number("PRAGMA user_version"));
    }

    [Fact]
    public void What_cannot_be_written_for_hours_is_said_once_and_written_later()
    {
        _fixture.Store.Dispose();
        using (var stranger = SqliteConnection.Open(_fixture.Database))
        {
            stranger.Execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
            _fixture.Restart(orderly: false);
            for (var minute = 0; minute < 180; minute++)
            {
                _fixture.RecordFor(s_start + (minute * 60), TimeSpan.FromMinutes(1), _ => 10);
                _fixture.Store.Flush();
            }
            Assert.Equal(180, _fixture.Ask(s_start, s_start + 10_800, 60).Points.Length);
        }
        _fixture.Store.Flush();
        _fixture.Restart(orderly: false);

        Assert.Equal(180, _fixture.Ask(s_start, s_start + 10_800, 60).Points.Length);
        Assert.Equal(2, _fixture.Log.Lines.Count);
        Assert.StartsWith("Warning: history is not written: ", _fixture.Log.Lines[0], StringComparison.Ordinal);
        Assert.Equal("Information: history is written again", _fixture.Log.Lines[1]);
    }

    [Fact]
    public void What_was_gathered_without_the_database_is_laid_over_what_stands_there()
    {
        _fixture.RecordFor(s_start, TimeSpan.FromMinutes(2), _ => 10);
        _fixture.Store.Keep("cccccccccccccccc", "UTC", s_start, StoreFixture.Sample(1, 1));
        _fixture.Store.Keep(StoreFixture.Other, "UTC", s_start, StoreFixture.Sample(2, 2));
        _fixture.Store.Flush();
        _fixture.Store.Dispose();
        using (var stranger = SqliteConnection.Open(_fixture.Database))
        {
            stranger.Execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
            _fixture.Restart(orderly: false);
            // Numbered the other way round than in the file.
            _fixture.Store.Keep(StoreFixture.Other, "UTC", s_start + 300, StoreFixture.Sample(22, 22));
            _fixture.Store.Keep("cccccccccccccccc", "UTC", s_start + 300, StoreFixture.Sample(11, 11));
            _fixture.RecordFor(s_start + 120, TimeSpan.FromMinutes(2), _ => 10);
        }
        _fixture.Store.Flush();
        _fixture.Restart(orderly: false);

        Assert.Equal(4, _fixture.Ask(s_start, s_start + 600, 60).Points.Length);
        Assert.Equal([1.0, 11], _fixture.Ask(s_start, s_start + 600, target: "cccccccccccccccc").Points.Select(point => point.Mean));
        Assert.Equal([2.0, 22], _fixture.Ask(s_start, s_start + 600, target: StoreFixture.Other).Points.Select(point => point.Mean));
    }

    [Fact]
    public void A_disk_without_room_costs_memory_that_is_bounded()
    {
        _fixture.Store.Dispose();
        using var stranger = SqliteConnection.Open(_fixture.Database);
        stranger.Execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
        _fixture.Restart(orderly: false);

        // Two years of one sample an hour, and none of it can be written.
        for (var hour = 0; hour < 17_520; hour++)
            _fixture.Record(s_start + (hour * 3_600L), 10);

        Assert.InRange(_fixture.Store.BlocksInMemory, 1, 512);
        Assert.NotEmpty(_fixture.Ask(_fixture.Clock.Now - 86_400, _fixture.Clock.Now, 3_600).Points);
    }

    [Fact]
    public void The_database_and_its_log_are_for_their_owner_only()
    {
        _fixture.Record(s_start, 10);
        _fixture.Store.Flush();
        foreach (var file in Directory.EnumerateFiles(_fixture.Folder))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(["history.db", "history.db-wal"], Directory.EnumerateFiles(_fixture.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
