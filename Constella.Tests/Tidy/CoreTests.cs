using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Constella.Core;

namespace Constella.Tests.Tidy;

/// <summary>Core's promise: the base library only, and of that neither clock, random source, disk nor network.</summary>
public class CoreTests
{
    private static readonly Assembly Core = typeof(Limits).Assembly;

    private static readonly string[] BannedTypes =
    [
        "System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process", "System.Random", "System.Console",
        "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Threading.Thread", "System.Threading.ThreadPool",
        "System.Security.Cryptography.RandomNumberGenerator", "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream",
        "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.RandomAccess", "System.Net.Dns",
    ];

    private static readonly string[] BannedNamespaces =
        ["System.Net.Sockets", "System.Net.Http", "System.Net.NetworkInformation", "System.Timers", "System.IO.Pipes"];

    // IPAddress tells its family by it; it opens nothing.
    private static readonly string[] Harmless = ["System.Net.Sockets.AddressFamily"];

    private static readonly string[] BannedMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Environment.GetEnvironmentVariable",
        "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.Threading.Tasks.Task.Delay", "System.Threading.Tasks.Task.Run",
    ];

    [Fact]
    public void Core_references_the_base_library_only()
    {
        var baseLibrary = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var strangers = Core.GetReferencedAssemblies()
            .Where(reference => !File.Exists(Path.Combine(baseLibrary, reference.Name + ".dll")))
            .Select(reference => reference.Name!);
        Findings.None(strangers);
    }

    [Fact]
    public void Core_has_no_clock_no_random_source_no_file_and_no_socket() => Findings.None(BannedIn(Core));

    [Fact]
    public void The_search_for_what_is_banned_finds_it_where_it_is_used()
    {
        var found = BannedIn(typeof(CoreTests).Assembly);
        Assert.Contains("System.IO.File.Exists", found);
        Assert.Contains("System.DateTimeOffset.get_UtcNow", found);
        Assert.NotEqual(default, DateTimeOffset.UtcNow);
    }

    [Fact]
    public void Public_types_of_Core_are_documented()
    {
        var documented = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Constella.Core.xml")).Descendants("member")
            .Where(member => member.Element("inheritdoc") is not null || !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(member => member.Attribute("name")!.Value)
            .ToHashSet(StringComparer.Ordinal);
        // The cases of a closed family are told by the family.
        var silent = Core.GetExportedTypes().Where(type => !type.IsNested).Select(type => "T:" + type.FullName!.Replace('+', '.'))
            .Where(name => !documented.Contains(name));
        Findings.None(silent);
    }

    /// <summary>What the compiled code calls or names: aliases, generated code and wrappers hide nothing from it.</summary>
    private static SortedSet<string> BannedIn(Assembly assembly)
    {
        using var stream = File.OpenRead(assembly.Location);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var handle in metadata.TypeReferences)
        {
            var name = NameOf(metadata, handle);
            if (BannedTypes.Contains(name) || BannedNamespaces.Any(space => name.StartsWith(space + ".", StringComparison.Ordinal) && !Harmless.Contains(name)))
                found.Add(name);
        }
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference)
                continue;
            var type = NameOf(metadata, (TypeReferenceHandle)member.Parent);
            var name = $"{type}.{metadata.GetString(member.Name)}";
            if (BannedMembers.Contains(name) || found.Contains(type))
                found.Add(name);
        }
        return found;
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }
}
