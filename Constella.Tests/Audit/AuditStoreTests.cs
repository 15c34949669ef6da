using System.Runtime.Versioning;
using System.Text;
using Constella.Api.Audit;
using Constella.Api.State;
using Constella.Core.Audit;
using Constella.Tests.Telegram;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static Constella.Tests.Audit.AuditChainTests;

namespace Constella.Tests.Audit;

/// <summary>Rules U4 and U7 on a real disk: what is written stays, and every kind of damage is told.</summary>
[SupportedOSPlatform("linux")]
public sealed class AuditStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("constella-audit-").FullName;

    private string Log => Path.Combine(_folder, AuditStore.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_appended_is_there_after_a_restart_for_the_owner_only()
    {
        var (store, chain) = Open();
        store.Append([chain.Write(Draft()), chain.Write(Draft(stage: AuditStage.Done))]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Log));
        var (again, restarted) = Open();
        Assert.Equal(chain.Mark, restarted.Mark);
        Assert.Equal(AuditStage.Done, Assert.Single(again.Commands(10)).Stage);
        Assert.Equal(3, restarted.Write(Draft(run: "0000000000000002")).Number);
        Assert.Empty(again.Verify());
    }

    [Theory]
    [InlineData("a bit is flipped", "was changed after it was written|cannot be read")]
    [InlineData("a line is removed", "missing")]
    [InlineData("a line is added", "was changed after it was written")]
    [InlineData("a line is doubled", "there twice")]
    [InlineData("two lines change places", "missing|out of its order")]
    [InlineData("the file is cut in the middle", "cut off in the middle")]
    [InlineData("the file is emptied", "is empty")]
    [InlineData("the head is removed", "first line of audit.jsonl is missing")]
    public void Damage_is_told_kept_and_does_not_stop_the_node(string damage, string told)
    {
        Fill(12);
        var before = File.ReadAllLines(Log);
        File.WriteAllBytes(Log, Damaged(damage, before));
        var damaged = File.ReadAllBytes(Log);
        Assert.Matches(told, string.Join('\n', Bare().Verify()));

        var log = new ListLogger();
        var (store, chain) = Open(log);

        Assert.Matches(told, string.Join('\n', log.Lines));
        var kept = Assert.Single(Directory.GetFiles(_folder, AuditStore.FileName + ".broken-*"));
        Assert.Equal(damaged, File.ReadAllBytes(kept));
        Assert.Contains(kept, string.Join('\n', store.Verify()), StringComparison.Ordinal);
        // It goes on, and what is missing is taken from others.
        store.Append([chain.Write(Draft(run: "0000000000000007", command: "after"))]);
        store.Append([.. Written(12).Where(entry => chain.Take(entry) == AuditTake.New)]);
        Assert.Equal(13, store.Commands(100).Length);
    }

    [Fact]
    public void A_damage_long_ago_is_told_too_because_the_file_that_follows_has_its_hash()
    {
        Fill(60, fileBytes: 8_000);
        var old = Log + ".1";
        Assert.True(File.Exists(old));
        Assert.Empty(Bare().Verify());
        var lines = File.ReadAllLines(old);
        File.WriteAllText(old, string.Join('\n', lines[..^1]) + "\n");
        Assert.Contains("is not what it was", string.Join('\n', Bare().Verify()), StringComparison.Ordinal);
        File.Delete(old);
        Assert.Contains("audit.jsonl.1 is missing", string.Join('\n', Bare().Verify()), StringComparison.Ordinal);
    }

    [Fact]
    public void U4_Files_turn_by_size_the_chain_goes_on_and_what_was_dropped_does_not_come_back()
    {
        Fill(200, fileBytes: 8_000);
        Assert.InRange(Directory.GetFiles(_folder).Sum(file => new FileInfo(file).Length), 8_000, 17_000);
        var (store, chain) = Open();
        Assert.Empty(store.Verify());
        var kept = store.Commands(1_000);
        Assert.InRange(kept.Length, 10, 60);
        Assert.Equal("0000000000000001-199", kept[^1].Id);
        var pull = new AuditChain(Echo) { Floor = chain.Floor }.Pull();
        Assert.All(Written(200).Take(200 - kept.Length), entry => Assert.Equal(AuditTake.Known, chain.Take(entry)));
        Assert.Equal(kept.Length, store.Page(pull).Entries.Length);
    }

    [Fact]
    public void The_machine_may_die_between_the_old_file_and_the_new_one()
    {
        Fill(5);
        File.Move(Log, Log + ".1");
        var (store, chain) = Open();
        Assert.Empty(store.Verify());
        Assert.Equal(6, chain.Write(Draft()).Number);
    }

    [Fact]
    public void What_is_asked_for_is_the_same_from_memory_and_from_disk()
    {
        Fill(150);
        var (store, _) = Open();
        var log = Written(150);
        foreach (var known in new[] { 0, 1, 85, 86, 87, 149, 150 })
        {
            var page = store.Page(new AuditPull { Have = known == 0 ? [] : [new AuditHave("0000000000000001", known)] });
            Assert.Equal(log.Skip(known).Take(128).Select(entry => entry.Number), page.Entries.Select(entry => entry.Number));
            Assert.Equal(150 - known > 128, page.More);
        }
    }

    [Fact]
    public void A_full_disk_is_told_and_what_was_there_before_is_whole()
    {
        Fill(5);
        var full = new AuditStore(_folder, Alpha, TimeProvider.System, NullLogger<AuditStore>.Instance)
        {
            OpenFile = (path, mode) => new FullDisk(new FileStream(path, mode, FileAccess.Write)),
        };
        var chain = full.Load();
        var told = Assert.Throws<StateException>(() => full.Append([chain.Write(Draft())]));
        Assert.Contains("No space left on device", told.Message, StringComparison.Ordinal);
        var after = Open().Store;
        Assert.Equal(5, after.Commands(10).Length);
        Assert.Empty(after.Verify());
    }

    private static byte[] Damaged(string damage, string[] lines)
    {
        switch (damage)
        {
            case "a bit is flipped":
                var bytes = Whole(lines);
                bytes[Whole(lines[..6]).Length + 120] ^= 4;
                return bytes;
            case "a line is removed":
                return Whole([.. lines[..6], .. lines[7..]]);
            case "a line is added":
                return Whole([.. lines[..6], lines[6].Replace("config", "reboot", StringComparison.Ordinal), .. lines[6..]]);
            case "a line is doubled":
                return Whole([.. lines[..6], lines[5], .. lines[6..]]);
            case "two lines change places":
                return Whole([.. lines[..6], lines[7], lines[6], .. lines[8..]]);
            case "the file is cut in the middle":
                return Whole(lines)[..(Whole(lines[..6]).Length + 60)];
            case "the file is emptied":
                return [];
            default:
                return Whole(lines[1..]);
        }
    }

    private static byte[] Whole(string[] lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");

    private void Fill(int count, int fileBytes = 1 << 20)
    {
        var store = new AuditStore(_folder, Alpha, TimeProvider.System, NullLogger<AuditStore>.Instance) { FileBytes = fileBytes };
        var chain = store.Load();
        for (var i = 0; i < count; i++)
            store.Append([chain.Write(Draft(command: $"0000000000000001-{i}", second: i))]);
    }

    private AuditStore Bare() => new(_folder, Alpha, TimeProvider.System, NullLogger<AuditStore>.Instance);

    private (AuditStore Store, AuditChain Chain) Open(ListLogger? log = null)
    {
        var store = new AuditStore(_folder, Alpha, TimeProvider.System, log is null ? NullLogger<AuditStore>.Instance : new Logger<AuditStore>(new One(log)));
        return (store, store.Load());
    }

    private sealed class One(ILogger logger) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }

    /// <summary>Takes twenty bytes and no more.</summary>
    private sealed class FullDisk(FileStream file) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => file.Length;
        public override long Position { get => file.Position; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            file.Write(buffer, offset, Math.Min(count, 20));
            if (count > 20)
                throw new IOException("No space left on device");
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }
}
