namespace WarmContext.FileCacheWorker;

/// <summary>The objects that workers and tests agree on: anybody can tell from a key what its bytes must be.</summary>
public static class TestObjects
{
    public const string LargeKey = "worker/large";
    public const int LargeLength = 6_000_000;
    public const string HugeKey = "worker/huge";

    private static readonly int[] s_lengths = [0, 1_000, 60_000, 400_000, 1_000_000, 2_500_000, 1_500_000, 700_000];

    public static int Count => s_lengths.Length;

    public static string Key(int number) => $"worker/{number}";

    public static byte[] Content(int number) => Bytes(s_lengths[number], number);

    public static byte[] LargeContent() => Bytes(LargeLength, 99);

    public static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
