using System.Reflection;
using WarmContext.Testing.FunctionHost.Api;
using WarmContext.Testing.FunctionHost.Context;

namespace WarmContext.Testing.FunctionHost.Handlers;

/// <summary>A handler, ready to be invoked. Safe to use from several threads at once as far as the function is.</summary>
internal sealed class Handler
{
    private readonly MethodInfo _method;
    private readonly object? _instance;
    private readonly PayloadSerializer _serializer;
    private readonly Type? _inputType;
    private readonly int _contextIndex;
    private readonly int _parameterCount;
    private readonly Func<object?, object?> _completed;
    private readonly Type _outputType;

    private Handler(MethodInfo method, object? instance, PayloadSerializer serializer, FunctionVariables variables)
    {
        _method = method;
        _instance = instance;
        _serializer = serializer;
        var parameters = method.GetParameters();
        _parameterCount = parameters.Length;
        _contextIndex = parameters.Length - 1;
        if (_contextIndex >= 0 && parameters[_contextIndex].ParameterType.FullName != HandlerShape.ContextTypeName)
        {
            _contextIndex = -1;
        }

        _inputType = parameters.Length > 0 && _contextIndex != 0 ? parameters[0].ParameterType : null;
        (_completed, _outputType) = HandlerResult.For(method.ReturnType);
        if (NeedsContext)
        {
            Contexts = new LambdaContextFactory(parameters[_contextIndex].ParameterType, variables, serializer.OfFunction);
        }

        WarnIfLambdaWouldRefuse(serializer);
    }

    public bool NeedsContext => _contextIndex >= 0;

    public LambdaContextFactory? Contexts { get; }

    public static Handler Bind(MethodInfo method, object? instance, PayloadSerializer serializer, FunctionVariables variables) =>
        new(method, instance, serializer, variables);

    public void Invoke(byte[] payload, object? context, Stream output)
    {
        var arguments = _parameterCount == 0 ? null : new object?[_parameterCount];
        if (_inputType is not null)
        {
            arguments![0] = _inputType == typeof(Stream)
                ? new MemoryStream(payload, writable: false)
                : _serializer.Deserialize(payload, _inputType);
        }

        if (_contextIndex >= 0)
        {
            arguments![_contextIndex] = context;
        }

        var result = _completed(_method.Invoke(_instance, BindingFlags.DoNotWrapExceptions, null, arguments, null));
        if (_outputType == typeof(void))
        {
            return;
        }

        if (typeof(Stream).IsAssignableFrom(_outputType))
        {
            // Null fails, as on Lambda.
            using var stream = (Stream)result!;
            stream.CopyTo(output);
        }
        else
        {
            _serializer.Serialize(result, _outputType, output);
        }
    }

    private static bool NeedsSerializer(Type? type) => type is not null && type != typeof(void) && !typeof(Stream).IsAssignableFrom(type);

    private void WarnIfLambdaWouldRefuse(PayloadSerializer serializer)
    {
        if (serializer.OfFunction is null && (NeedsSerializer(_inputType) || NeedsSerializer(_outputType)))
        {
            Console.Error.WriteLine(
                $"warning: the handler '{_method}' takes or returns something other than a Stream and has no LambdaSerializer " +
                "attribute. Here System.Text.Json is used; Lambda refuses it. Add [assembly: LambdaSerializer(typeof(...))].");
        }
    }
}
