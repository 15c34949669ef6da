using Constella.Api.Cli;

return await CommandLine.InvokeAsync(args);
