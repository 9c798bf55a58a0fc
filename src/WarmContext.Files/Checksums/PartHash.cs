namespace WarmContext.Files.Checksums;

/// <summary>The CRCs of one part of a file, fed in order while it arrives. Parts arrive in any order and at once; their CRCs are combined afterwards.</summary>
internal sealed class PartHash(IReadOnlyList<ReflectedCrc> algorithms)
{
    private readonly ulong[] _states = algorithms.Select(static algorithm => algorithm.Initial).ToArray();

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < _states.Length; i++)
        {
            _states[i] = algorithms[i].Append(_states[i], bytes);
        }

        Length += bytes.Length;
    }

    public ulong Checksum(int algorithm) => algorithms[algorithm].Finish(_states[algorithm]);
}
