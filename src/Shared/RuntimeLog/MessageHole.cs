using System.Collections;
using System.Globalization;

namespace WarmContext.Shared.RuntimeLog;

/// <summary>A place for an argument in a <see cref="MessageTemplate"/>: <c>{name}</c>, <c>{name:format}</c> or <c>{@name}</c>.</summary>
internal sealed class MessageHole
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const int MaxBytes = 16;

    private readonly string? _format;

    /// <param name="token">The hole with its braces.</param>
    public MessageHole(string token)
    {
        Token = token;
        var inner = token.AsSpan(1, token.Length - 2);
        IsSerialized = inner[0] == '@';
        if (IsSerialized)
        {
            inner = inner[1..];
        }

        var colon = inner.IndexOf(':');
        Name = (colon < 0 ? inner : inner[..colon]).Trim().ToString();
        _format = colon < 0 || inner[(colon + 1)..].Trim().IsEmpty ? null : inner[(colon + 1)..].Trim().ToString();
    }

    public string Token { get; }

    public string Name { get; }

    /// <summary>True for <c>{@name}</c>, whose field is the argument as JSON.</summary>
    public bool IsSerialized { get; }

    public bool HasFormat => _format is not null;

    /// <summary>The argument as a part of the message. Lists have no text: their hole stays.</summary>
    public string? Format(object? argument) => argument switch
    {
        byte[] bytes => Bytes(bytes),
        ReadOnlyMemory<byte> bytes => Bytes(bytes.Span),
        Memory<byte> bytes => Bytes(bytes.Span),
        null or IList or IDictionary => Token,
        _ when _format is not null => Formatted(argument, _format),
        _ => Text(argument),
    };

    /// <summary>An argument as text, as fields have it too.</summary>
    public static string? Text(object argument) => argument switch
    {
        DateTime time => time.ToString(TimeFormat, CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString(TimeFormat, CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
        _ => argument.ToString(),
    };

    private static string? Formatted(object argument, string format)
    {
        try
        {
            return string.Format(CultureInfo.CurrentCulture, "{0:" + format + "}", argument);
        }
        catch (FormatException)
        {
            return argument.ToString();
        }
    }

    private static string Bytes(ReadOnlySpan<byte> bytes) => bytes.Length <= MaxBytes
        ? Convert.ToHexString(bytes)
        : $"{Convert.ToHexString(bytes[..MaxBytes])}... ({bytes.Length} bytes)";
}
