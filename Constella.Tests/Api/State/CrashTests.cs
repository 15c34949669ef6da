using Constella.Api.State;
using Constella.Core.Members;
using Constella.Tests.Fuzz;

namespace Constella.Tests.Api.State;

/// <summary>Rule S3 at every system call of a save and of a repair: the old file or the new one, whole, never neither.</summary>
public sealed class CrashTests : IDisposable
{
    private static readonly byte[] s_damaged = "{\"format\":1,\"net"u8.ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("constella-crash-").FullName;

    private string FilePath => Path.Combine(_folder, StateStore.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    public void A_crash_at_any_call_of_a_save_leaves_the_old_state_or_the_new_one(bool links, int saved)
    {
        var points = Points(links, saved, disk => Saver(disk).Replace(Bytes(saved + 1)));
        Assert.InRange(points, saved == 0 ? 7 : 10, 30);
        foreach (var kind in new[] { Failure.CrashBefore, Failure.CrashAfter })
        {
            for (var call = 1; call <= points; call++)
            {
                var disk = Saved(links, saved);
                disk.Fault = (disk.Calls + call, kind);
                Assert.Throws<CrashException>(() => Saver(disk).Replace(Bytes(saved + 1)));
                foreach (var world in disk.Worlds())
                    GoesOn(world, Number(saved), Number(saved + 1));
            }
        }
    }

    [Fact]
    public void What_was_saved_is_there_after_a_crash()
    {
        var worlds = Saved(links: true, 3).Worlds().ToList();
        Assert.NotEmpty(worlds);
        foreach (var world in worlds)
            GoesOn(world, 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_failure_of_any_call_is_told_and_leaves_the_old_state_or_the_new_one(bool links)
    {
        var points = Points(links, 2, disk => Saver(disk).Replace(Bytes(3)));
        for (var call = 1; call <= points; call++)
        {
            var disk = Saved(links, 2);
            disk.Fault = (disk.Calls + call, Failure.Error);
            Assert.Throws<IOException>(() => Saver(disk).Replace(Bytes(3)));
            GoesOn(new Dictionary<string, byte[]>(disk.Now), 2, 3);
            // The disk is well again: the next save finds what the failed one has left behind.
            Saver(disk).Replace(Bytes(4));
            GoesOn(new Dictionary<string, byte[]>(disk.Now), 4);
        }
    }

    [Fact]
    public void A_full_disk_is_told_in_one_line()
    {
        using var store = StateStore.Open(_folder, new CrashDisk { Fault = (3, Failure.Error) });
        var error = Assert.Throws<StateException>(() => store.Save(State(1)));
        Assert.Contains("cannot be written: Input/output error", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_crash_at_any_call_of_a_repair_loses_neither_the_damaged_file_nor_the_copy(bool links)
    {
        var points = Points(links, 2, disk => Repair(disk));
        Assert.InRange(points, 8, 30);
        foreach (var kind in new[] { Failure.CrashBefore, Failure.CrashAfter, Failure.Error })
        {
            for (var call = 1; call <= points; call++)
            {
                var disk = Damaged(links);
                disk.Fault = (disk.Calls + call, kind);
                Assert.ThrowsAny<Exception>(() => Repair(disk));
                foreach (var world in kind == Failure.Error ? [new Dictionary<string, byte[]>(disk.Now)] : disk.Worlds())
                {
                    Assert.Contains(world.Values, bytes => bytes.AsSpan().SequenceEqual(s_damaged));
                    Assert.Equal(1, StateFile.Parse(world[FilePath + StateStore.BackupSuffix], out _)?.Settings.OwnerId);
                    var file = world[FilePath];
                    Assert.True(file.AsSpan().SequenceEqual(s_damaged) || StateFile.Parse(file, out _)?.Settings.OwnerId == 1, "neither the damaged file nor the repaired one");
                }
            }
        }
    }

    private static byte[] Bytes(int number) => Samples.Json(State(number), StateFile.Json.NetworkState);

    private static NetworkState State(int number) => Samples.State with { Settings = Samples.Settings with { OwnerId = number } };

    private static int? Number(int saved) => saved == 0 ? null : saved;

    private StateSaver Saver(CrashDisk disk) => new(disk, _folder);

    private void Repair(CrashDisk disk) => Saver(disk).Repair(Bytes(1), FilePath + ".corrupt-1");

    private CrashDisk Saved(bool links, int saves)
    {
        var disk = new CrashDisk(links);
        for (var number = 1; number <= saves; number++)
            Saver(disk).Replace(Bytes(number));
        return disk;
    }

    private CrashDisk Damaged(bool links)
    {
        var disk = Saved(links, 2);
        disk.Put(FilePath, s_damaged);
        return disk;
    }

    private int Points(bool links, int saved, Action<CrashDisk> act)
    {
        var disk = Saved(links, saved);
        var before = disk.Calls;
        act(disk);
        return disk.Calls - before;
    }

    /// <summary>The real code reads the real files, and writes over what a crash has left.</summary>
    private void GoesOn(Dictionary<string, byte[]> world, params int?[] allowed)
    {
        foreach (var path in Directory.GetFiles(_folder))
            File.Delete(path);
        foreach (var (path, bytes) in world)
            File.WriteAllBytes(path, bytes);
        Assert.Contains((int?)StateStore.Read(_folder)?.Settings.OwnerId, allowed);
        var backup = StateStore.Inspect(_folder).Backup;
        Assert.True(backup.Written is null || backup.State is not null, "the last good copy is none");
        using var store = StateStore.Open(_folder);
        store.Save(State(9));
        Assert.Equal(9, store.Load()!.Settings.OwnerId);
    }
}
