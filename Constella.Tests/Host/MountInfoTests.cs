using Constella.Api.Host.Parsing;

namespace Constella.Tests.Host;

public sealed class MountInfoTests
{
    private static string[] Points(string text, string root = "/") =>
        [.. MountInfo.Disks(MountInfo.Parse(text), root).Select(m => $"{m.Point} {m.Source} {m.Type}")];

    [Fact]
    public void Real_file_systems_are_told_once_each_and_nothing_else_is()
    {
        const string text = """
            22 27 0:21 / /proc rw,relatime - proc proc rw
            25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw
            27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
            28 27 254:15 / /boot/efi rw shared:2 - vfat /dev/vda15 rw
            29 27 254:16 / /srv/big\040disk rw shared:3 master:4 propagate_from:2 - xfs /dev/vdb rw
            30 27 254:1 /var/lib/x /mnt/bind rw - ext4 /dev/vda1 rw
            31 27 254:16 / /mnt/again rw - xfs /dev/vdb rw
            32 27 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro
            33 27 0:50 / /mnt/nfs rw - nfs4 203.0.113.9:/x rw
            34 27 0:51 / /mnt/sshfs rw - fuse.sshfs host:/x rw
            35 27 0:52 / /var/lib/docker/overlay2/ab/merged rw - overlay overlay rw
            36 27 0:53 / /mnt/cifs rw - cifs //203.0.113.9/x rw
            """;
        Assert.Equal(["/ /dev/vda1 ext4", "/boot/efi /dev/vda15 vfat", "/mnt/again /dev/vdb xfs"], Points(text));
    }

    [Fact]
    public void A_container_tells_its_root_and_not_the_files_bound_into_it()
    {
        const string text = """
            500 400 0:52 / / rw - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w
            501 500 0:53 / /proc rw - proc proc rw
            502 500 254:1 /var/lib/docker/containers/ab/hosts /etc/hosts rw - ext4 /dev/vda1 rw
            503 500 0:40 /@/volumes/state /state rw - btrfs /dev/vdc rw
            """;
        Assert.Equal(["/ overlay overlay"], Points(text));
    }

    [Fact]
    public void With_the_hosts_root_mounted_mounts_below_it_are_told_by_the_hosts_names()
    {
        const string text = """
            500 400 0:52 / / rw - overlay overlay rw
            502 500 254:1 /var/lib/docker/volumes/x /state rw - ext4 /dev/vda1 rw
            503 500 254:1 / /host ro - ext4 /dev/vda1 rw
            504 503 254:2 / /host/home ro - ext4 /dev/vda2 rw
            505 500 254:3 / /hostile rw - ext4 /dev/vda3 rw
            """;
        Assert.Equal(["/ /dev/vda1 ext4", "/home /dev/vda2 ext4"], Points(text, "/host"));
        Assert.Equal(["/ /dev/vda1 ext4", "/home /dev/vda2 ext4"], Points(text, "/host/"));
    }

    [Fact]
    public void A_system_container_whose_root_is_a_folder_of_its_host_has_a_disk()
    {
        const string text = "102 80 254:0 /var/lib/machines/one / rw shared:3 - ext4 /dev/vda rw\n";
        Assert.Equal(["/ /dev/vda ext4"], Points(text));
    }

    [Fact]
    public void Subvolumes_and_data_sets_share_one_space()
    {
        const string text = """
            27 1 0:25 /@ / rw - btrfs /dev/vda2 rw
            28 27 0:25 /@home /home rw - btrfs /dev/vda2 rw
            29 27 0:30 / /tank rw - zfs tank rw
            30 27 0:31 / /tank/data rw - zfs tank/data rw
            """;
        Assert.Equal(["/ /dev/vda2 btrfs", "/tank tank zfs"], Points(text));
    }

    [Fact]
    public void A_mount_that_covers_another_is_the_one_that_counts()
    {
        const string text = """
            27 1 254:1 / / rw - ext4 /dev/vda1 rw
            28 27 254:2 / /data rw - ext4 /dev/vdb rw
            29 28 0:60 / /data rw - tmpfs tmpfs rw
            """;
        Assert.Equal(["/ /dev/vda1 ext4"], Points(text));
    }

    [Theory]
    [InlineData("a\\040b", "a b")]
    [InlineData("a\\134b", "a\\b")]
    [InlineData("a\\04", "a\\04")]
    [InlineData("a\\999", "a\\999")]
    [InlineData("ü\\011ü", "ü\tü")]
    public void Escapes_of_mount_points_are_undone(string escaped, string clear)
    {
        var mount = Assert.Single(MountInfo.Parse($"28 27 254:2 / /{escaped} rw - ext4 /dev/vdb rw"));
        Assert.Equal("/" + clear, mount.Point);
    }

    [Theory]
    [InlineData("")]
    [InlineData("28 27 254:2 / /data rw")]
    [InlineData("28 27 254:2 / /data rw shared:1 shared:2 shared:3 -")]
    [InlineData("28 27 254:2 / /data rw shared:1 shared:2 - ext4")]
    [InlineData("28 27 0:4 net:[402] relative rw - nsfs nsfs rw")]
    public void Lines_cut_short_are_left_out(string text) => Assert.Empty(MountInfo.Parse(text));
}
