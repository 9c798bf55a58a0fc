using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using WarmContext.Files;
using WarmContext.Shared;

namespace WarmContext.S3;

/// <summary>Says in one sentence what went wrong with which object, and what to do.</summary>
internal static class S3Errors
{
    private static readonly HashSet<string> s_badCredentials = new(StringComparer.Ordinal)
    {
        "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "InvalidSecurity",
        "ExpiredTokenException",
    };

    /// <summary>The error to throw instead; null when the exception is best left alone, as a cancellation is.</summary>
    public static FileCacheException? Translate(
        Exception exception, string file, FileId id, IAmazonS3? client, CancellationToken cancellationToken) => exception switch
    {
        FileCacheException => null,
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        AmazonS3Exception { StatusCode: not 0 } answer => FromAnswer(answer, file, id),
        OperationCanceledException or TimeoutException => Unreachable(exception, file, client, "did not answer in time"),
        _ when ExceptionSearch.Find<SocketException>(exception) is { } socket =>
            Unreachable(exception, file, client, $"can't be reached ({socket.Message})"),
        _ when ExceptionSearch.Find<HttpRequestException>(exception) is { } http =>
            Unreachable(exception, file, client, $"can't be reached ({http.Message})"),
        _ when ExceptionSearch.Find<IOException>(exception) is { } io =>
            Unreachable(exception, file, client, $"broke the connection ({io.Message})"),
        AmazonServiceException service => new(FileCacheError.Other, $"{file}: {service.Message}", service),
        AmazonClientException credentials when credentials.Message.Contains("credential", StringComparison.OrdinalIgnoreCase) => new(
            FileCacheError.NoCredentials,
            $"{file} can't be asked for: there are no AWS credentials ({credentials.Message}). Give the function a role, or the client " +
            "credentials.",
            credentials),
        AmazonClientException other => new(FileCacheError.Other, $"{file} can't be asked for: {other.Message}", other),

        // HttpClient throws many things at an answer that is no HTTP, as from a connection that lost its place.
        _ => new(
            FileCacheError.Protocol,
            $"{file}: the answer could not be understood ({exception.GetType().Name}: {exception.Message}). The server, or a proxy on " +
                "the " +
            "way, doesn't speak S3 properly.",
            exception),
    };

    private static FileCacheException FromAnswer(AmazonS3Exception answer, string file, FileId id)
    {
        var code = string.IsNullOrEmpty(answer.ErrorCode)
            ? ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture)
            : answer.ErrorCode;
        var (error, message) = answer.StatusCode switch
        {
            HttpStatusCode.NotFound when code == "NoSuchBucket" => (
                FileCacheError.ContainerNotFound,
                $"{file}: there is no bucket '{id.Container}'. Check its name and the client's Region."),
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => (
                FileCacheError.NotFound,
                $"{file} doesn't exist ({code}): there is no such key in bucket '{id.Container}'."),
            HttpStatusCode.BadRequest or HttpStatusCode.Forbidden when s_badCredentials.Contains(code) => (
                FileCacheError.NoCredentials,
                $"{file}: S3 doesn't accept the client's credentials ({code}). Check their keys, token and clock{SlashHint(id)}."),
            HttpStatusCode.Forbidden when code == "InvalidObjectState" => (
                FileCacheError.Other,
                $"{file} is archived ({code}). Restore it, or keep it in a storage class that can be read at once."),
            HttpStatusCode.Forbidden => (
                FileCacheError.AccessDenied,
                $"{file}: access is denied ({code}). The role needs s3:GetObject on it; without s3:ListBucket S3 answers so for a " +
                    "missing " +
                "key, too."),
            HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable => (
                FileCacheError.Changed,
                $"{file} changed while it was fetched ({code})."),
            HttpStatusCode.NotModified => (
                FileCacheError.Protocol,
                $"{file}: 'not modified' was answered to a request without condition. The server, or a proxy on the way, doesn't " +
                "speak S3 properly."),
            HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect => (
                FileCacheError.Other,
                $"{file}: the bucket is in another Region ({code}). Give the client the bucket's Region."),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => (
                FileCacheError.Unavailable,
                $"{file}: S3 failed for the moment ({code}), more often than the client retries."),
            _ => (FileCacheError.Other, $"{file}: S3 refused ({(int)answer.StatusCode} {code}: {answer.Message})."),
        };
        return new FileCacheException(error, message, answer);
    }

    private static string SlashHint(FileId id) =>
        id.Key[0] == '/' ? "; some servers also sign keys with a leading '/' in another way" : string.Empty;

    private static FileCacheException Unreachable(Exception exception, string file, IAmazonS3? client, string how)
    {
        var endpoint = client?.Config?.ServiceURL is { Length: > 0 } url ? $"S3 at {url}" : "S3";
        return new FileCacheException(
            FileCacheError.Unreachable,
            $"{file} can't be fetched: {endpoint} {how}. Check the endpoint, and the VPC's route to it.",
            exception);
    }
}
