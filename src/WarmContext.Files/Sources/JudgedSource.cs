using System.Globalization;

namespace WarmContext.Files.Sources;

/// <summary>A source whose every answer is compared with the question: one that doesn't fit is an error, and never a file.</summary>
internal sealed class JudgedSource(IFileSource source) : IFileSource
{
    // In this order: the first that an answer breaks is its error.
    private static readonly Rule[] s_rules =
    [
        new(FileCacheError.Protocol, "'not modified' was answered to a request without condition",
            static (asked, answer) => !answer.NotModified || asked.IfNoneMatch is not null),
        new(FileCacheError.Protocol, "'not modified' was answered with another entity tag than the one asked about",
            static (asked, answer) => !answer.NotModified || answer.EntityTag is null || answer.EntityTag == asked.IfNoneMatch),
        new(FileCacheError.Changed, "it changed while it was fetched: its entity tag is another one",
            static (asked, answer) => answer.NotModified || asked.IfMatch is null || answer.EntityTag == asked.IfMatch),
        new(FileCacheError.Changed, "it changed while it was fetched: its length is another one",
            static (asked, answer) => answer.NotModified || asked.KnownLength is null || answer.TotalLength == asked.KnownLength),
        new(FileCacheError.Changed, "it changed while it was fetched: its encoding is another one",
            static (asked, answer) =>
                answer.NotModified || asked.KnownLength is null || answer.ContentEncoding == asked.KnownEncoding),
        new(FileCacheError.Protocol, "the answer doesn't say how long it is",
            static (_, answer) => answer.NotModified || (answer.TotalLength >= 0 && answer.Length >= 0)),
        new(FileCacheError.Protocol, "a range came where the whole file was asked for",
            static (asked, answer) =>
                answer.NotModified || asked.Length is not null || (answer.Offset == 0 && answer.Length == answer.TotalLength)),
        new(FileCacheError.Protocol, "other bytes came than were asked for",
            static (asked, answer) => answer.NotModified || asked.Length is not { } length
                || (answer.Offset == asked.Offset && answer.Length == length && answer.Offset <= answer.TotalLength - length)),
        new(FileCacheError.Protocol, "a checksum has another length than its kind has",
            static (_, answer) => answer.Checksums.All(static checksum => checksum.Value.Length == Bytes(checksum.Algorithm))),
        new(FileCacheError.Protocol, "the answer has no body that can be read", static (_, answer) => answer.Body is { CanRead: true }),
    ];

    public string Scheme => source.Scheme;

    public string Describe(FileId id) => source.Describe(id);

    public void Validate(FileId id) => source.Validate(id);

    public async ValueTask<FileSourceResponse> OpenAsync(FileSourceRequest request, CancellationToken cancellationToken)
    {
        FileSourceResponse answer;
        try
        {
            answer = await source.OpenAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not FileCacheException)
        {
            // Of the source, and not of the cache's disk, which fails with the same types.
            throw new FileCacheException(
                FileCacheError.Other, $"{Describe(request.Id)} can't be read from its source ({exception.Message}).", exception);
        }

        if (Broken(request, answer) is not { } rule)
        {
            return answer;
        }

        ResponseBody.Close(answer);
        throw new FileCacheException(
            rule.Error,
            $"{Describe(request.Id)}: {rule.What} (asked for {request.Length?.ToString(CultureInfo.InvariantCulture) ?? "all"} bytes at " +
                $"{request.Offset}, tag {request.IfMatch ?? request.IfNoneMatch ?? "any"}; answered {answer.Length} at " +
                $"{answer.Offset} of {answer.TotalLength}, tag {answer.EntityTag ?? "none"}).");
    }

    /// <summary>The error that an answer is; null for one that fits the question.</summary>
    internal static FileCacheError? Judge(FileSourceRequest request, FileSourceResponse answer) => Broken(request, answer)?.Error;

    private static Rule? Broken(FileSourceRequest request, FileSourceResponse answer)
    {
        foreach (var rule in s_rules)
        {
            if (!rule.Holds(request, answer))
            {
                return rule;
            }
        }

        return null;
    }

    private static int Bytes(FileChecksumAlgorithm algorithm) => algorithm switch
    {
        FileChecksumAlgorithm.Crc32 or FileChecksumAlgorithm.Crc32C => 4,
        FileChecksumAlgorithm.Crc64Nvme => 8,
        FileChecksumAlgorithm.Md5 => 16,
        FileChecksumAlgorithm.Sha1 => 20,
        _ => 32,
    };

    private sealed class Rule(FileCacheError error, string what, Func<FileSourceRequest, FileSourceResponse, bool> holds)
    {
        public FileCacheError Error => error;

        public string What => what;

        public Func<FileSourceRequest, FileSourceResponse, bool> Holds => holds;
    }
}
