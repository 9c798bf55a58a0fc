using System.Reflection;
using WarmContext.Testing.FunctionHost.Api;

namespace WarmContext.Testing.FunctionHost.Context;

/// <summary>Makes an ILambdaContext per invocation, of the type that the function's own Amazon.Lambda.Core defines.</summary>
internal sealed class LambdaContextFactory
{
    private readonly FunctionVariables _variables;
    private readonly object? _serializer;
    private readonly Type _context;
    private readonly Type _logger;
    private readonly Type _identity;
    private readonly Type _clientContext;
    private readonly Type _clientApplication;

    public LambdaContextFactory(Type contract, FunctionVariables variables, object? serializer)
    {
        _variables = variables;
        _serializer = serializer;
        var clientContext = contract.GetProperty("ClientContext")!.PropertyType;
        _context = InterfaceImplementer.Implement(
            contract, typeof(LambdaContextProxy), static method => method.Name is "get_TenantId" or "get_TraceId" or "get_Serializer");
        _logger = InterfaceImplementer.Implement(
            contract.GetProperty("Logger")!.PropertyType, typeof(LambdaLoggerProxy), LambdaLoggerProxy.Overrides);
        _identity = InterfaceImplementer.Implement(
            contract.GetProperty("Identity")!.PropertyType, typeof(JsonObjectProxy), static _ => false);
        _clientContext = InterfaceImplementer.Implement(clientContext, typeof(JsonObjectProxy), static _ => false);
        _clientApplication = InterfaceImplementer.Implement(
            clientContext.GetProperty("Client")!.PropertyType, typeof(JsonObjectProxy), static _ => false);
    }

    public object Create(InvocationHeaders invocation) => New(_context, this, invocation);

    public object? Member(string member, InvocationHeaders invocation) => member switch
    {
        "get_AwsRequestId" => invocation.RequestId,
        "get_FunctionName" => _variables.FunctionName,
        "get_FunctionVersion" => _variables.FunctionVersion,
        "get_InvokedFunctionArn" => invocation.InvokedFunctionArn,
        "get_LogGroupName" => _variables.LogGroupName,
        "get_LogStreamName" => _variables.LogStreamName,
        "get_MemoryLimitInMB" => _variables.MemoryMegabytes,

        // Not clamped, as in Lambda's own runtime: past the deadline it is negative.
        "get_RemainingTime" => invocation.Deadline - DateTimeOffset.UtcNow,
        "get_TenantId" => invocation.TenantId,
        "get_TraceId" => invocation.TraceId,
        "get_Serializer" => _serializer,
        "get_Logger" => New(_logger),
        "get_Identity" => New(_identity, ClientJson.Identity(invocation.CognitoIdentity)),
        "get_ClientContext" => New(
            _clientContext, ClientJson.ClientContext(invocation.ClientContext, values => New(_clientApplication, values))),
        _ => throw new NotSupportedException($"ILambdaContext.{member} is not known to this version of WarmContext.Testing."),
    };

    private static object New(Type type, params object?[] arguments) =>
        Activator.CreateInstance(
            type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
