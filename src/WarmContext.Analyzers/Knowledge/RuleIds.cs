namespace WarmContext.Analyzers;

/// <summary>The ids of all rules. An id is never given to another rule.</summary>
public static class RuleIds
{
    public const string CostlyClientPerInvocation = "WARM0001";
    public const string SharedClientDisposed = "WARM0002";
    public const string ConnectionInField = "WARM0003";
    public const string StateAsLivenessCheck = "WARM0004";
    public const string LazyCachesException = "WARM0005";
    public const string FireAndForget = "WARM0006";
    public const string AsyncVoid = "WARM0007";
    public const string TimerAcrossFreeze = "WARM0008";
    public const string FreezeUnsafeConnectionString = "WARM0009";
    public const string BlockingStaticConstructor = "WARM0010";
    public const string InvocationDataInSharedState = "WARM0011";
    public const string FileOutsideTemporaryDirectory = "WARM0012";
    public const string UncheckedTemporaryFile = "WARM0013";
    public const string ConnectionOpenedBeforeSnapshot = "WARM0014";
    public const string UniqueValueBeforeSnapshot = "WARM0015";
    public const string UnboundedWait = "WARM0016";

    /// <summary>The group that .editorconfig can address all rules by (dotnet_analyzer_diagnostic.category-WarmContext.severity).</summary>
    public const string Category = "WarmContext";

    /// <summary>Where the pages of the rules are. The one place to change when that moves.</summary>
    public const string HelpLinkBase = "https://github.com/warmcontext/warmcontext/blob/main/docs/rules/";

    public static string HelpLink(string id) => HelpLinkBase + id + ".md";
}
