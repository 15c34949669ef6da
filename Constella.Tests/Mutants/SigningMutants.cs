namespace Constella.Tests.Mutants;

/// <summary>Rules X: what a signature covers, and the order of the checks. The simulator signs nothing, so tests find these.</summary>
internal static class SigningMutants
{
    private const string Verifier = "Signing/RequestVerifier.cs";
    private const string Envelope = "Signing/RequestEnvelope.cs";

    public static IEnumerable<Mutant> All { get; } =
    [
        new("a nonce burnt before the MAC", "X3",
            new Edit(Verifier, "if (!keys.Key(",
                "if (nonces.Burn(envelope.From, envelope.Nonce, now.Mono) != NonceCache.Use.Fresh)\n" +
                "            return new Verdict.Replayed(envelope.Proof(request.Method, keyId));\n        if (!keys.Key("),
            new Edit(Verifier, "return nonces.Burn(proof.From, envelope.Nonce, now.Mono) switch", "return NonceCache.Use.Fresh switch"))
        {
            Test = "Signing.RequestVerifierTests.Nothing_that_was_refused_burns_its_nonce",
        },
        new("the target's id left out of the signature", "X1",
            new Edit("Signing/RequestSigner.cs", "message.Add(Components.To, Field(SignatureHeaders.To, to));", "_ = Field(SignatureHeaders.To, to);"),
            new Edit(Envelope, "        Fields = fields;", "        Fields = fields;\n        To = SignedFields.Single(headers, Components.To) ?? \"\";"))
        {
            Test = "Signing.SerialisationTests.A_valid_mac_over_too_little_is_refused",
        },
        new("a request for another node is taken", "X3", new Edit(Verifier, "if (proof.To != self)", "if (proof.To == \"\")"))
        {
            Test = "Signing.RequestVerifierTests.What_a_signature_proves_decides_the_verdict_after_the_mac",
        },
        new("any token opens the metrics", "X7", new Edit(
            "Signing/BearerToken.cs", "Encoding.UTF8.GetBytes(Hash(token)), Encoding", "Encoding.UTF8.GetBytes(hash), Encoding"))
        {
            Test = "Signing.BearerTokenTests.X7_Only_the_token_itself_matches_its_hash",
        },
        new("one key for both directions", "X2", new Edit("Signing/KeyRing.cs", "{from}/{to}", "{string.Join('/', new[] { from, to }.Order(StringComparer.Ordinal))}"))
        {
            Test = "Signing.RequestVerifierTests.The_key_of_one_direction_does_not_sign_the_other",
        },
        new("a signature that never grows old", "X3", new Edit(Verifier, "if (Math.Abs(skew) > Limits.ClockSkewSeconds ||", "if (Math.Abs(skew) > 3_600 ||"))
        {
            Test = "Signing.RequestVerifierTests.A_clock_that_is_off_by_more_than_30_seconds_is_told_by_how_much",
        },
        new("a body that is not the one that was signed", "X1", new Edit(
            Verifier, "if (envelope.Digest is not null && !ContentDigest", "if (envelope.Digest is \"\" && !ContentDigest"))
        {
            Test = "Signing.RequestVerifierTests.Each_covered_part_that_is_altered_makes_the_request_unauthorized",
        },
    ];
}
