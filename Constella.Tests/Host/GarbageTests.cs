using System.Text;
using Constella.Api.Host.Parsing;
using FsCheck;
using FsCheck.Fluent;

namespace Constella.Tests.Host;

public sealed class GarbageTests
{
    private static readonly string[] Samples =
    [
        "cpu  1000 50 300 8000 400 20 30 100 70 5\ncpu0 500 25 150 4000 200 10 15 50 35 2\n",
        "MemTotal: 2000000 kB\nMemFree: 100000 kB\nMemAvailable: 1500000 kB\nSwapTotal: 5 kB\nSwapFree: 4 kB\n",
        "  eth0: 5 10 0 0 0 0 0 0 2000 10 0 0 0 0 0 0\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n",
        "27 1 254:1 / / rw shared:1 - ext4 /dev/vda1 rw\n29 27 0:30 / /a\\040b rw - zfs tank/x rw\n",
        "0.52 1.25 12.00 1/234 5678\n",
        "PRETTY_NAME=\"Debian\"\nNAME='x'\nCapEff:\t00ff\n",
    ];

    [Fact]
    public void No_text_makes_a_parser_throw() =>
        Prop.ForAll<string>(text => ParsesSoundly(text ?? "")).QuickCheckThrowOnFailure();

    [Fact]
    public void No_damage_to_a_real_file_makes_a_parser_throw() =>
        Prop.ForAll(
            Gen.Elements(Samples).SelectMany(_ => Gen.Choose(0, int.MaxValue - 1), (sample, seed) => Damage(sample, seed)).ToArbitrary(),
            ParsesSoundly).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static bool ParsesSoundly(string text)
    {
        var memory = MemInfo.Parse(text);
        var percent = (CpuTimes.Parse(text) ?? default).PercentSince(new CpuTimes(10, 100, 1));
        var (one, five, fifteen) = SmallFiles.LoadAverage(text);
        _ = SmallFiles.OsName(text);
        _ = SmallFiles.Capabilities(text);
        _ = SmallFiles.Line(text);
        _ = SmallFiles.StartTicks(text);
        var readings = new[] { memory.Total, memory.Used, memory.SwapTotal, memory.SwapUsed, percent, one, five, fifteen, SmallFiles.Uptime(text) };
        return readings.All(r => r.Value is null ? r.Why is { Length: > 0 } : r.Why is null && r.Value >= 0)
            && percent.Value is null or <= 100
            && NetDev.Parse(text).All(n => n.Received >= 0 && n.Sent >= 0 && n.Name.Length > 0)
            && MountInfo.Disks(MountInfo.Parse(text), "/").All(m => m.Point.StartsWith('/'))
            && MountInfo.Disks(MountInfo.Parse(text), "/host").All(m => m.Point.StartsWith('/'));
    }

    private static string Damage(string sample, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(sample);
        for (var n = random.Next(1, 6); n > 0 && text.Length > 1; n--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(5))
            {
                case 0: text.Length = at; break;
                case 1: text[at] = (char)random.Next(0, 300); break;
                case 2: text.Insert(at, "99999999999999999999"); break;
                case 3: text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)); break;
                default: text.Insert(at, sample); break;
            }
        }

        return text.ToString();
    }
}
