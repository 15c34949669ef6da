namespace Constella.Tests.Mutants;

/// <summary>Every rule that is broken on purpose; <c>docs/RELIABILITY.md</c> says what found which.</summary>
internal static class MutantList
{
    public static IReadOnlyList<Mutant> All { get; } =
        [.. LeaseMutants.All, .. BotMutants.All, .. StateMutants.All, .. AlertMutants.All, .. AuditMutants.All, .. SigningMutants.All, .. MoveMutants.All, .. OverlayMutants.All];
}
