using System.Text.Json.Serialization;
using Constella.Core.Audit;
using Constella.Core.Members;
using Constella.Core.Stats;

namespace Constella.Core.Wire;

/// <summary>Everything that goes over the wire or into the state file: snake_case, unknown fields ignored (rule V1).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NetworkState))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(CommandRequest))]
[JsonSerializable(typeof(CommandAnswer))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(JoinContent))]
[JsonSerializable(typeof(SharedState))]
[JsonSerializable(typeof(MemberRecord))]
[JsonSerializable(typeof(NodeStats))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(AuditPull))]
[JsonSerializable(typeof(AuditPage))]
public sealed partial class ConstellaJson : JsonSerializerContext;
