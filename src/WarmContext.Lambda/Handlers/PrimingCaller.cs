using Amazon.Lambda.Core;

namespace WarmContext.Lambda.Handlers;

/// <summary>
/// Who calls in a priming run: nobody. Lambda's runtime gives such invocations an identity and a client context too, without values.
/// </summary>
internal sealed class PrimingCaller : ICognitoIdentity, IClientContext
{
    public static PrimingCaller Instance { get; } = new();

    public string IdentityId => null!;

    public string IdentityPoolId => null!;

    public IDictionary<string, string> Environment => null!;

    public IClientApplication Client => null!;

    public IDictionary<string, string> Custom => null!;
}
