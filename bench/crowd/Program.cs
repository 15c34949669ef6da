using Constella.Bench;

if (Arguments.Parse(args) is not { } given)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}
return given.Model is { } nodes ? Model.Print(nodes, given.Micros) : await Report.PrintAsync(given);
