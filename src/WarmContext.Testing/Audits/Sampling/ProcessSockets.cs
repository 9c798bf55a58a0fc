using System.Globalization;

namespace WarmContext.Testing.Audits.Sampling;

/// <summary>The TCP sockets that processes have open.</summary>
internal static class ProcessSockets
{
    private const string Prefix = "socket:[";

    public static List<TcpSocket> Of(IReadOnlyList<int> processes) => Of(processes, out _);

    /// <summary>Reads them.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="open">The numbers of all sockets that they have open, those too that the kernel's table has no longer.</param>
    public static List<TcpSocket> Of(IReadOnlyList<int> processes, out IReadOnlySet<long> open)
    {
        open = new HashSet<long>();
        if (processes.Count == 0)
        {
            return [];
        }

        var all = SocketDiagnostics.TryRead() ?? SocketTableFiles.Read(processes[0]);
        var inodes = new HashSet<long>();
        foreach (var process in processes)
        {
            AddInodes(process, inodes);
        }

        open = inodes;
        all.RemoveAll(socket => !inodes.Contains(socket.Inode));
        return all;
    }

    private static void AddInodes(int process, HashSet<long> inodes)
    {
        try
        {
            foreach (var file in Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd")))
            {
                // An open file that goes away meanwhile has no target.
                if (new FileInfo(file).LinkTarget is { } target && target.StartsWith(Prefix, StringComparison.Ordinal)
                    && long.TryParse(target.AsSpan()[Prefix.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var inode))
                {
                    inodes.Add(inode);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }
    }
}
