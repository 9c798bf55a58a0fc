#nullable disable
using System.Runtime.Versioning;

namespace Amazon.Lambda.Core;

public static partial class LambdaLogger
{
    private static StructuredLoggingOptions s_early;
    private static Action<StructuredLoggingOptions> s_configure = static options => s_early = options;

    [RequiresPreviewFeatures]
    public static void ConfigureStructuredLogging(StructuredLoggingOptions options) => s_configure(options);

    // The runtime calls it, by this name. Options that were set before are handed over then.
    internal static void SetConfigureStructuredLoggingAction(Action<StructuredLoggingOptions> configureStructuredLoggingAction)
    {
        s_configure = configureStructuredLoggingAction;
        if (s_early is not null)
        {
            configureStructuredLoggingAction(s_early);
        }
    }
}
