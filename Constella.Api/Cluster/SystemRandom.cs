using System.Security.Cryptography;
using Constella.Core.Cluster;

namespace Constella.Api.Cluster;

internal sealed class SystemRandom : IRandom
{
    public long Next(long min, long max) => Random.Shared.NextInt64(min, max);

    public byte[] Bytes(int count) => RandomNumberGenerator.GetBytes(count);
}
