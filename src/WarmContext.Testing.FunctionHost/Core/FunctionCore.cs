using System.Reflection;
using WarmContext.Testing.FunctionHost.Api;

namespace WarmContext.Testing.FunctionHost.Core;

/// <summary>
/// Connects the Amazon.Lambda.Core that the function carries, whatever its version, as Lambda's own runtime does: its logger, its trace id
/// and, when Init is over, its response streams. What that version hasn't stays away.
/// </summary>
internal static class FunctionCore
{
    private const string Name = "Amazon.Lambda.Core";
    private const BindingFlags Hidden = BindingFlags.Static | BindingFlags.NonPublic;

    private static readonly object s_gate = new();
    private static Assembly? s_core;
    private static Action<string?>? s_setTraceId;
    private static bool s_isInitOver;

    /// <summary>Connects it as soon as it is loaded. The function's own code hasn't run before that.</summary>
    public static void ConnectWhenLoaded()
    {
        AppDomain.CurrentDomain.AssemblyLoad += static (_, loaded) => ConnectIfCore(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            ConnectIfCore(assembly);
        }
    }

    /// <summary>Makes response streams possible: there is a response to write to from now on.</summary>
    public static void EndInit()
    {
        lock (s_gate)
        {
            s_isInitOver = true;
            ConnectStreams();
        }
    }

    public static void Begin(InvocationHeaders invocation) => Volatile.Read(ref s_setTraceId)?.Invoke(invocation.TraceId);

    private static void ConnectIfCore(Assembly assembly)
    {
        if (assembly.GetName().Name != Name)
        {
            return;
        }

        lock (s_gate)
        {
            if (s_core is not null)
            {
                return;
            }

            s_core = assembly;
            if (assembly.GetType("Amazon.Lambda.Core.LambdaLogger") is { } logger)
            {
                SetLogger(logger, "_loggingAction", (Action<string?>)(static message => FunctionLogger.Write(null, null, message, [])));
                SetLogger(logger, "_loggingWithLevelAction", (Action<string?, string?, object?[]?>)(
                    static (level, message, arguments) => FunctionLogger.Write(level, null, message, arguments)));
                SetLogger(
                    logger, "_loggingWithLevelAndExceptionAction", (Action<string?, Exception?, string?, object?[]?>)FunctionLogger.Write);
            }

            s_setTraceId = assembly.GetType("Amazon.Lambda.Core.LambdaTraceProvider")?.GetMethod("SetCurrentTraceId", Hidden)?
                .CreateDelegate<Action<string?>>();
            ConnectStreams();
        }
    }

    private static void SetLogger(Type logger, string field, Delegate action) => logger.GetField(field, Hidden)?.SetValue(null, action);

    private static void ConnectStreams()
    {
        if (s_isInitOver && s_core?.GetType("Amazon.Lambda.Core.ResponseStreaming.LambdaResponseStreamFactory")?
            .GetMethod("SetLambdaResponseStream", Hidden) is { } set)
        {
            var stream = set.GetParameters()[0].ParameterType.GetGenericArguments()[1];
            var make = typeof(FunctionCore).GetMethod(nameof(StreamMaker), Hidden)!.MakeGenericMethod(stream).Invoke(null, [s_core]);
            set.Invoke(null, [make]);
        }
    }

    // The interface is internal in the function's Amazon.Lambda.Core, which has a class that implements it over delegates.
    private static Func<byte[], TStream> StreamMaker<TStream>(Assembly core)
        where TStream : class
    {
        const BindingFlags members = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        var implementation = core.GetType("Amazon.Lambda.Core.ResponseStreaming.ImplLambdaResponseStream")!;
        var delegates = implementation.GetNestedType("Delegates", BindingFlags.NonPublic)!;
        return prelude =>
        {
            var stream = (RunningInvocation.Current ?? throw new InvalidOperationException("No invocation runs.")).OpenStream(prelude);
            var parts = Activator.CreateInstance(delegates, nonPublic: true)!;
            Set("WriteAsync", (Func<byte[], int, int, CancellationToken, Task>)stream.WriteAsync);
            Set("BytesWritten", () => stream.BytesWritten);
            Set("HasError", () => stream.HasError);
            Set("Dispose", static () => { });
            return (TStream)implementation.GetConstructor(members, [delegates])!.Invoke([parts]);

            void Set(string property, Delegate value) => delegates.GetProperty(property, members)!.SetValue(parts, value);
        };
    }
}
