using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace WarmContext.Tool.Serving;

/// <summary>A request to invoke a function, read and checked as Lambda does.</summary>
internal sealed record InvokeRequest
{
    public const string Synchronous = "RequestResponse";
    public const string Asynchronous = "Event";
    public const string DryRun = "DryRun";

    // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (read 2026-11-21).
    private const int MaxPayload = 6 * 1024 * 1024;
    private const int MaxAsynchronousPayload = 1024 * 1024;
    private const int MaxClientContext = 3583;

    public required FunctionReference Function { get; init; }

    public required string InvocationType { get; init; }

    public bool WantsLog { get; init; }

    public string? ClientContext { get; init; }

    public string? TenantId { get; init; }

    public ReadOnlyMemory<byte> Payload { get; init; }

    public static async Task<InvokeRequest> ReadAsync(
        string name, HttpRequest request, string typeHeader, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.TryParse(name)
            ?? throw InvokeError.BadParameter(
                $"'{name}' is not a function's name: it must be a name, a partial ARN or an ARN, with or without a qualifier");
        var qualifier = request.Query["Qualifier"].ToString();
        if (qualifier.Length > 0 && reference.Qualifier is not null && reference.Qualifier != qualifier)
        {
            throw InvokeError.BadParameter("The derived qualifier from the function name does not match the specified qualifier.");
        }

        var type = request.Headers[typeHeader].ToString();
        type = type.Length == 0 ? Synchronous : type;
        if (type is not (Synchronous or Asynchronous or DryRun))
        {
            throw InvokeError.BadParameter($"Unsupported invocation type: '{type}'; it must be {Synchronous}, {Asynchronous} or {DryRun}");
        }

        var limit = type == Asynchronous ? MaxAsynchronousPayload : MaxPayload;
        return new InvokeRequest
        {
            Function = reference with { Qualifier = reference.Qualifier ?? (qualifier.Length > 0 ? qualifier : null) },
            InvocationType = type,
            WantsLog = request.Headers["X-Amz-Log-Type"] == "Tail",
            ClientContext = ReadClientContext(request.Headers["X-Amz-Client-Context"].ToString()),
            TenantId = request.Headers["X-Amz-Tenant-Id"] is [{ Length: > 0 } tenant, ..] ? tenant : null,
            Payload = Checked(await ReadAsync(request.Body, limit, cancellationToken)),
        };
    }

    // To its end even when it is too large: a client that is still sending doesn't hear an answer.
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, int limit, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        var buffer = new byte[81_920];
        for (int count; (count = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (read.Length <= limit)
            {
                read.Write(buffer, 0, count);
            }
        }

        return read.Length <= limit ? read.ToArray() : throw InvokeError.TooLarge(limit);
    }

    private static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return "{}"u8.ToArray();
        }

        try
        {
            using var document = JsonDocument.Parse(payload);
            return payload;
        }
        catch (JsonException exception)
        {
            throw InvokeError.NotJson(exception.Message);
        }
    }

    private static string? ReadClientContext(string header)
    {
        if (header.Length == 0)
        {
            return null;
        }

        try
        {
            var context = Encoding.UTF8.GetString(Convert.FromBase64String(header)).ReplaceLineEndings(" ");
            using var document = JsonDocument.Parse(context);
            return header.Length <= MaxClientContext
                ? context
                : throw InvokeError.BadParameter(
                    $"The client context has {header.Length} bytes; it must have at most {MaxClientContext}.");
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            throw InvokeError.BadParameter("Client context must be a valid Base64-encoded JSON object.");
        }
    }
}
