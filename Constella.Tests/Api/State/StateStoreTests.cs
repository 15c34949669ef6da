using System.Net;
using Constella.Api;
using Constella.Api.Cli.Founding;
using Constella.Api.State;

namespace Constella.Tests.Api.State;

/// <summary>Rule S3.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class StateStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("constella-state-").FullName;

    private string FilePath => Path.Combine(_folder, StateStore.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_saved_is_loaded_and_only_the_owner_may_read_it()
    {
        var state = NetworkFounder.Create(TestNode.FreshOptions("alpha-01"), "alpha-01", "203.0.113.10:4747", null);
        using var store = StateStore.Open(_folder);
        Assert.Null(store.Load());
        store.Save(state);
        store.Save(state);

        Assert.Equal(state.NodeId, store.Load()!.NodeId);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath + ".bak"));
    }

    [Theory]
    [InlineData("", "is garbled")]
    [InlineData("{\"format\":1,\"network_id\":\"", "is garbled")]
    [InlineData("[]", "has no format number")]
    [InlineData("{\"format\":2}", "newer constella")]
    [InlineData("{\"format\":1}", "is garbled")]
    public void A_file_that_cannot_be_understood_is_refused_with_the_remedy_and_left_as_it_is(string text, string reason)
    {
        using (var store = StateStore.Open(_folder))
        {
            var state = NetworkFounder.Create(TestNode.FreshOptions("alpha-01"), "alpha-01", "203.0.113.10:4747", null);
            store.Save(state);
            store.Save(state);
        }
        File.WriteAllText(FilePath, text);

        var error = Assert.Throws<StateException>(() => StateStore.Read(_folder));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains($"constella state repair --state-dir {_folder}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(text, File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_second_process_is_refused()
    {
        using var first = StateStore.Open(_folder);
        var error = Assert.Throws<StateException>(() => StateStore.Open(_folder));
        Assert.Contains("another constella process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_cannot_be_written_leaves_the_command_line_the_one_it_had()
    {
        using var store = StateStore.Open(_folder);
        store.WriteListen(new IPEndPoint(IPAddress.Loopback, 4747));
        Directory.CreateDirectory(Path.Combine(_folder, "listen.tmp"));

        Assert.Throws<UnauthorizedAccessException>(() => store.WriteListen(new IPEndPoint(IPAddress.Loopback, 4748)));

        Assert.Equal(4747, StateStore.ReadListen(_folder)?.Port);
    }

    [Fact]
    public async Task A_log_without_room_for_its_last_lines_does_not_hide_why_the_node_ended()
    {
        await NodeHost.EndAsync(new FullLog());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await NodeHost.EndAsync(new FullLog(new InvalidOperationException())));
    }

    [Fact]
    public void A_missing_file_with_a_good_copy_is_not_taken_for_no_network()
    {
        File.WriteAllText(FilePath + ".bak", "{}");
        Assert.Contains("is missing", Assert.Throws<StateException>(() => StateStore.Read(_folder)).Message, StringComparison.Ordinal);
    }

    private sealed class FullLog(Exception? error = null) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.FromException(error ?? new IOException("No space left on device"));
    }
}
