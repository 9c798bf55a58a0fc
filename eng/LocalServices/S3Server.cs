namespace WarmContext.LocalServices;

/// <summary>An S3 server that answers. Clients need path-style addresses; see the endpoint's own peculiarities in CONTRIBUTING.</summary>
public sealed class S3Server
{
    internal S3Server(Uri endpoint, string accessKey, string secretKey)
    {
        Endpoint = endpoint;
        AccessKey = accessKey;
        SecretKey = secretKey;
    }

    /// <summary>The address, such as http://127.0.0.1:29017/.</summary>
    public Uri Endpoint { get; }

    /// <summary>The access key id.</summary>
    public string AccessKey { get; }

    /// <summary>The secret access key.</summary>
    public string SecretKey { get; }
}
