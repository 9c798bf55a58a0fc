using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WarmContext.LocalServices;

/// <summary>Asks our own server whether it lives, at the cost of one round trip: no driver is loaded, no password is exchanged.</summary>
internal static class PostgresGreeting
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <summary>Whether a PostgreSQL server on loopback answers our start-up message by asking for the password.</summary>
    public static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token).ConfigureAwait(false);
            await socket.SendAsync(StartupMessage(), limit.Token).ConfigureAwait(false);
            byte[] answer = new byte[1];
            // 'R' asks for authentication; 'E' is an error: starting up, shutting down, or too many connections.
            return await socket.ReceiveAsync(answer, limit.Token).ConfigureAwait(false) == 1 && answer[0] == (byte)'R';
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    // Protocol version 3.0: length, version, then name and value pairs, each ended by a zero byte, and a last zero byte.
    private static byte[] StartupMessage()
    {
        byte[] parameters = Encoding.ASCII.GetBytes(
            $"user\0{ServiceDefaults.PostgresUser}\0database\0{ServiceDefaults.PostgresDatabase}\0\0");
        byte[] message = new byte[8 + parameters.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), 3 << 16);
        parameters.CopyTo(message, 8);
        return message;
    }
}
