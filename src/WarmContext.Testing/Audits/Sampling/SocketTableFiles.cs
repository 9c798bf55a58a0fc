using System.Globalization;
using System.Net;

namespace WarmContext.Testing.Audits.Sampling;

/// <summary>Reads the kernel's socket table from /proc/PID/net/tcp and tcp6: where netlink is refused. Without byte counts.</summary>
internal static class SocketTableFiles
{
    public static List<TcpSocket> Read(int process)
    {
        var found = new List<TcpSocket>();
        foreach (var name in (string[])["tcp", "tcp6"])
        {
            try
            {
                foreach (var line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/net/{name}")).Skip(1))
                {
                    if (Parse(line) is { State: not (TcpState.Listen or TcpState.TimeWait) } socket)
                    {
                        found.Add(socket);
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // No such table, or no such process any more.
            }
        }

        return found;
    }

    /// <summary>A line of the table: "sl local remote state queues timer retransmits uid timeout inode ...".</summary>
    public static TcpSocket? Parse(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length >= 10
            ? new TcpSocket(
                long.Parse(fields[9], CultureInfo.InvariantCulture),
                Cookie: 0,
                (TcpState)int.Parse(fields[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                EndPoint(fields[1]),
                EndPoint(fields[2]),
                BytesSent: 0,
                BytesReceived: 0)
            : null;
    }

    private static IPEndPoint EndPoint(string field)
    {
        // Words of 32 bits, each as this machine stores it.
        var colon = field.IndexOf(':', StringComparison.Ordinal);
        var address = Convert.FromHexString(field.AsSpan(0, colon));
        if (BitConverter.IsLittleEndian)
        {
            for (var i = 0; i < address.Length; i += 4)
            {
                address.AsSpan(i, 4).Reverse();
            }
        }

        return new IPEndPoint(
            new IPAddress(address), int.Parse(field.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
