using System.Diagnostics;
using System.Globalization;

namespace WarmContext.FileCacheWorker.Storm;

/// <summary>
/// What the source of the storm has, for all processes: the current version of each file, and when each earlier one was replaced. Kept in
/// files that are renamed into place, with the monotonic time that all processes of a machine share.
/// </summary>
internal sealed class StormTruth(string directory)
{
    public const int Files = 12;

    private static readonly int[] s_lengths = [0, 900, 40_000, 300_000, 700_000, 1_500_000];

    public static byte[] Content(int file, int version) =>
        TestObjects.Bytes(s_lengths[file % s_lengths.Length] + (ContentOf(version) % 3), (file * 100_000) + ContentOf(version));

    /// <summary>Every third version is the one before the last one again: v1, v2, v1.</summary>
    public static string Tag(int version) => $"\"v{ContentOf(version)}-1\"";

    public int Current(int file)
    {
        while (true)
        {
            try
            {
                return int.Parse(File.ReadAllText(CurrentPath(file)), CultureInfo.InvariantCulture);
            }
            catch (FileNotFoundException)
            {
                Thread.Sleep(1);
            }
        }
    }

    public void Change(int file, int version)
    {
        var temporary = $"{CurrentPath(file)}.new";
        File.WriteAllText(temporary, version.ToString(CultureInfo.InvariantCulture));
        File.Move(temporary, CurrentPath(file), overwrite: true);

        // Noted after the change: never earlier than it was.
        File.AppendAllText(
            Path.Combine(directory, $"{file}.history"), FormattableString.Invariant($"{version} {Stopwatch.GetTimestamp()}\n"));
    }

    /// <summary>True when the source had these bytes at that time or later.</summary>
    public bool WasCurrentSince(int file, string tag, long timestamp)
    {
        // Whole lines alone: the last one may be under way.
        var changes = File.ReadAllText(Path.Combine(directory, $"{file}.history")).Split('\n')[..^1]
            .Select(static line => line.Split(' '))
            .Select(static parts => (
                Version: int.Parse(parts[0], CultureInfo.InvariantCulture), From: long.Parse(parts[1], CultureInfo.InvariantCulture)))
            .ToList();
        for (var i = 0; i < changes.Count; i++)
        {
            if (Tag(changes[i].Version) == tag && (i + 1 == changes.Count || changes[i + 1].From >= timestamp))
            {
                return true;
            }
        }

        // Changed so lately that it isn't noted yet.
        return Tag(Current(file)) == tag;
    }

    private static int ContentOf(int version) => version % 3 == 2 ? version - 2 : version;

    private string CurrentPath(int file) => Path.Combine(directory, $"{file}.current");
}
