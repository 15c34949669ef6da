using System.Runtime.InteropServices;
using System.Text;

namespace Constella.Api.Logging;

/// <summary>A file that grows, read by whole lines.</summary>
public sealed class LogTail(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    private readonly List<byte> _rest = [];

    public string Path { get; } = path;

    /// <summary>What has come since the last call; a line that is not ended yet waits for its end.</summary>
    public List<string> Read()
    {
        var lines = new List<string>();
        var bytes = new byte[16 * 1024];
        int read;
        while ((read = _file.Read(bytes, 0, bytes.Length)) > 0)
        {
            foreach (var one in bytes.AsSpan(0, read))
            {
                if (one != '\n')
                {
                    _rest.Add(one);
                    continue;
                }
                lines.Add(Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_rest)).TrimEnd('\r'));
                _rest.Clear();
            }
        }
        return lines;
    }

    public void Dispose() => _file.Dispose();
}
