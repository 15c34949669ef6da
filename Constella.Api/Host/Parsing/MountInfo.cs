using System.Text;

namespace Constella.Api.Host.Parsing;

/// <summary>A line of <c>/proc/PID/mountinfo</c>.</summary>
/// <param name="Device"><c>major:minor</c>.</param>
/// <param name="Root">What of the file system is mounted: not <c>/</c> for a bind mount or a subvolume.</param>
/// <param name="Source">As given at mount, usually the block device.</param>
public sealed record Mount(string Device, string Root, string Point, string Type, string Source);

/// <summary>Which file systems of the machine are worth telling.</summary>
public static class MountInfo
{
    // Only these: to ask a network or FUSE file system may hang for ever, and the others are no disks.
    private static readonly HashSet<string> Real = new(StringComparer.Ordinal)
    {
        "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "bcachefs", "nilfs2", "ntfs", "ntfs3", "vfat", "exfat",
        "ufs", "hfsplus",
    };

    // Accepted for the root alone: a container's, or a virtual machine's whose root is a folder of its host.
    private static readonly HashSet<string> RootOnly = new(StringComparer.Ordinal) { "overlay", "aufs", "virtiofs", "9p" };

    public static List<Mount> Parse(string text)
    {
        var mounts = new List<Mount>();
        foreach (var line in text.Split('\n'))
        {
            // id parent major:minor root point options optional... - type source options
            var fields = line.Split(' ');
            var dash = fields.Length < 10 ? -1 : Array.IndexOf(fields, "-", 6);
            if (dash < 0 || dash + 2 >= fields.Length || !fields[4].StartsWith('/'))
                continue;
            mounts.Add(new Mount(fields[2], Unescape(fields[3]), Unescape(fields[4]), fields[dash + 1], Unescape(fields[dash + 2])));
        }

        return mounts;
    }

    /// <summary>
    /// The real file systems below <paramref name="hostRoot"/>, each device once, bind mounts left out; mount points are told as the
    /// host names them.
    /// </summary>
    public static List<Mount> Disks(IEnumerable<Mount> mounts, string hostRoot)
    {
        var prefix = hostRoot.TrimEnd('/');
        var visible = new Dictionary<string, Mount>(StringComparer.Ordinal);
        foreach (var mount in mounts)
        {
            if (Below(mount.Point, prefix) is { } point)
                visible[point] = mount with { Point = point }; // a later mount covers an earlier one
        }

        var root = visible.GetValueOrDefault("/");
        var container = root is not null && RootOnly.Contains(root.Type);
        return visible.Values
            .Where(m => Real.Contains(m.Type) || (container && m == root))
            .Where(m => m.Point == "/" || m.Root == "/" || (m.Type == "btrfs" && !container))
            .OrderBy(m => m.Point.Length)
            .ThenBy(m => m.Point, StringComparer.Ordinal)
            .DistinctBy(Identity)
            .ToList();
    }

    // Every data set of a ZFS pool has a device number of its own, and all share the pool's space.
    private static string Identity(Mount mount) => mount.Type == "zfs" ? "zfs " + mount.Source.Split('/')[0] : mount.Device;

    private static string? Below(string point, string prefix)
    {
        if (prefix.Length == 0)
            return point;
        if (point == prefix)
            return "/";
        return point.StartsWith(prefix, StringComparison.Ordinal) && point[prefix.Length] == '/' ? point[prefix.Length..] : null;
    }

    // Blank, tab, newline and backslash stand as three octal digits; the bytes around them are UTF-8.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var clear = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && Octal(text.AsSpan(i + 1, 3)) is { } letter)
            {
                clear.Append(letter);
                i += 3;
            }
            else
            {
                clear.Append(text[i]);
            }
        }

        return clear.ToString();
    }

    private static char? Octal(ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsBetween(digit, '0', '7'))
                return null;
        }

        var code = ((digits[0] - '0') * 64) + ((digits[1] - '0') * 8) + (digits[2] - '0');
        return code < 128 ? (char)code : null;
    }
}
