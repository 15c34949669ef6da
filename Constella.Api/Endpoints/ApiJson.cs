using System.Text.Json.Serialization;
using Constella.Api.Audit;
using Constella.Api.Traffic;
using Constella.Core.Audit;
using Constella.Core.Speed;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Endpoints;

/// <summary>Everything the HTTP interface reads and writes: snake_case, unknown fields ignored (rule V1).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(PeersAnswer))]
[JsonSerializable(typeof(InviteOrder))]
[JsonSerializable(typeof(InviteAnswer))]
[JsonSerializable(typeof(InvitesAnswer))]
[JsonSerializable(typeof(SettingsAnswer))]
[JsonSerializable(typeof(SettingsOrder))]
[JsonSerializable(typeof(SelfAnswer))]
[JsonSerializable(typeof(SelfOrder))]
[JsonSerializable(typeof(KeysAnswer))]
[JsonSerializable(typeof(EvictOrder))]
[JsonSerializable(typeof(AlertsAnswer))]
[JsonSerializable(typeof(TrafficReport))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(CommandRequest))]
[JsonSerializable(typeof(CommandAnswer))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(NodeStats))]
[JsonSerializable(typeof(HistorySeries))]
[JsonSerializable(typeof(HistoryPush))]
[JsonSerializable(typeof(SpeedOrder))]
[JsonSerializable(typeof(SpeedState))]
[JsonSerializable(typeof(SpeedOffer))]
[JsonSerializable(typeof(SpeedGrant))]
[JsonSerializable(typeof(SpeedEnd))]
[JsonSerializable(typeof(SpeedCount))]
[JsonSerializable(typeof(SpeedBook))]
[JsonSerializable(typeof(AuditAnswer))]
[JsonSerializable(typeof(AuditPull))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long?))]
public sealed partial class ApiJson : JsonSerializerContext;
