namespace WarmContext.Testing.FunctionHost.Handlers;

/// <summary>Finds what somebody may have meant.</summary>
internal static class NearestNames
{
    private const int MaxListed = 8;

    /// <summary>The candidates as a list for a message, those nearest to <paramref name="wanted"/> first.</summary>
    public static string List(string wanted, IEnumerable<string> candidates)
    {
        var all = candidates.Distinct(StringComparer.Ordinal)
            .OrderBy(name => Distance(wanted, name))
            .ThenBy(static name => name, StringComparer.Ordinal).ToList();
        if (all.Count == 0)
        {
            return "(none)";
        }

        var listed = string.Join(", ", all.Take(MaxListed));
        return all.Count > MaxListed ? $"{listed} and {all.Count - MaxListed} more" : listed;
    }

    private static int Distance(string left, string right)
    {
        // Edit distance, ignoring case; an ending that matches (the type without its namespace) counts as near.
        left = left.ToUpperInvariant();
        right = right.ToUpperInvariant();
        if (right.EndsWith('.' + left, StringComparison.Ordinal) || left.EndsWith('.' + right, StringComparison.Ordinal))
        {
            return 0;
        }

        var row = new int[right.Length + 1];
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
